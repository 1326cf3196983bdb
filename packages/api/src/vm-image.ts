import * as z from 'zod';
import { Conditions } from './condition.ts';
import { Duration } from './duration.ts';
import { Checksum, IMAGE_FORMATS, oneChecksum, VMImageSource } from './image-source.ts';
import { ageColumn, defineKind, objectSchema } from './kind.ts';
import { ObjectName } from './schema/names.ts';
import { DiskSize } from './schema/quantity-field.ts';
import { rules, type Rule } from './schema/rules.ts';

const text = z.string().optional();

const Prepare = z.object({
  onMissing: z
    .enum(['Import', 'Fail'])
    .default('Import')
    .describe(
      'What to do while the namespace does not have the image: import it, or say so and wait until another object has it imported.',
    ),
  validateChecksum: z
    .boolean()
    .optional()
    .describe(
      'true refuses an image without a checksum, false imports without looking at it. Default: a checksum is checked where there is one.',
    ),
  timeout: Duration.optional().describe(
    'Longest that one attempt may take, for example "30m"; the next one goes on where it ended. Default: no limit.',
  ),
  retries: z
    .int()
    .min(0)
    .max(100)
    .default(4)
    .describe('How often an import that failed is tried again, where that may help.'),
});

const checksumNeeded = {
  rule:
    '!has(self.prepare) || !has(self.prepare.validateChecksum) || !self.prepare.validateChecksum || has(self.checksum)' +
    ' || (has(self.source.http) && has(self.source.http.checksum)) || (has(self.source.s3) && has(self.source.s3.checksum))',
  message: 'there is no checksum to validate: set one, or leave validateChecksum out',
  fieldPath: '.prepare.validateChecksum',
} as const;

export const VMImageSpec = z
  .object({
    source: VMImageSource.describe('Where the image comes from.'),
    format: z
      .enum(IMAGE_FORMATS)
      .optional()
      .describe('Format of the file. Default: found out by looking at it.'),
    size: DiskSize.optional().describe(
      'The most that a guest may see of the image; its volume has room for it. Default: what the file says.',
    ),
    storageClass: ObjectName.optional().describe(
      "StorageClass of the image's claim. Default: the cluster's default class.",
    ),
    checksum: Checksum.optional().describe('Digest that the file of source must have.'),
    prepare: Prepare.optional().describe('How the image is imported.'),
  })
  .meta(rules(oneChecksum, checksumNeeded));

const isNotImported = '!has(oldSelf.status) || !has(oldSelf.status.pvc)';
const message = 'the image cannot be changed once it is imported: make another VMImage';

/** Disks stand on it. One that could not be imported may be corrected. */
const importedForGood = [
  ...['source', 'format', 'size', 'storageClass', 'checksum'].map((field) => ({
    rule:
      `${isNotImported} || (has(self.spec.${field}) == has(oldSelf.spec.${field})` +
      ` && (!has(self.spec.${field}) || self.spec.${field} == oldSelf.spec.${field}))`,
    message,
    fieldPath: `.spec.${field}`,
    reason: 'FieldValueForbidden' as const,
  })),
  {
    rule: `${isNotImported} || ${validates('self')} == ${validates('oldSelf')}`,
    message,
    fieldPath: '.spec.prepare.validateChecksum',
    reason: 'FieldValueForbidden',
  },
] satisfies Rule[];

function validates(of: string): string {
  const prepare = `${of}.spec.prepare`;
  return `(!has(${prepare}) || !has(${prepare}.validateChecksum) || ${prepare}.validateChecksum)`;
}

export const VMImagePhase = z.enum(['Pending', 'Importing', 'Preparing', 'Ready', 'Failed']);

export const VMImageStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('metadata.generation that this status answers.'),
  phase: VMImagePhase.optional().describe(
    'Importing while it is downloaded, Preparing while it is verified, unpacked and converted.',
  ),
  conditions: Conditions.optional(),
  progress: z.int().min(0).max(100).optional().describe('Percent of the image imported.'),
  pvc: text.describe('Claim that holds the imported image.'),
  upload: z
    .object({
      service: text.describe('Service of the namespace that takes the file, by HTTPS at port 443.'),
      secret: text.describe(
        'Secret with the token of those who may send it, and ca.crt to know the Service by.',
      ),
      received: z.int().min(0).optional().describe('Bytes that have come; a client goes on there.'),
    })
    .optional()
    .describe('Where to send the file of an upload, while one is awaited.'),
  virtualSize: text.describe('Size that a guest sees of the image.'),
  checksum: text.describe('Digest of the file that was imported.'),
  attempts: z.int().min(0).optional().describe('Attempts to import the image.'),
  lastUpdated: z.iso.datetime().optional().describe('When the image was imported.'),
  usageCount: z
    .int()
    .min(0)
    .optional()
    .describe('Number of VMs that name this image, be it by their template.'),
});

export const VMImage = objectSchema('VMImage', VMImageSpec, VMImageStatus);

export const vmImageKind = defineKind({
  kind: 'VMImage',
  plural: 'vmimages',
  // Not vmi: that is the short name of another project's kind.
  shortNames: ['vmimg'],
  description: 'A disk image, imported once for all of its namespace.',
  schema: VMImage,
  rules: importedForGood,
  selectableFields: ['.status.phase'],
  columns: [
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Where the import stands.' },
    { name: 'Progress', type: 'integer', jsonPath: '.status.progress', description: 'Percent imported.' },
    { name: 'Size', type: 'string', jsonPath: '.status.virtualSize', description: 'Size of the image.' },
    { name: 'Used', type: 'integer', jsonPath: '.status.usageCount', description: 'VMs that name it.' },
    ageColumn,
    {
      name: 'PVC',
      type: 'string',
      jsonPath: '.status.pvc',
      description: 'Claim with the image.',
      priority: 1,
    },
    {
      name: 'Checksum',
      type: 'string',
      jsonPath: '.status.checksum',
      description: 'Digest of the file.',
      priority: 1,
    },
  ],
});

export type VMImagePhase = z.infer<typeof VMImagePhase>;
export type VMImageSpec = z.infer<typeof VMImageSpec>;
export type VMImageStatus = z.infer<typeof VMImageStatus>;
export type VMImage = z.infer<typeof VMImage>;
export type VMImageManifest = z.input<typeof VMImage>;
