import * as z from 'zod';
import { DnsLabel, LocalReference, ObjectName, Reference } from './schema/names.ts';
import { DiskSize } from './schema/quantity-field.ts';
import { exactlyOneOf, rules } from './schema/rules.ts';

export const IMAGE_FORMATS = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx'] as const;

export const Checksum = z
  .object({
    type: z.enum(['sha256', 'sha512']).describe('Digest algorithm.'),
    value: z
      .string()
      .max(128)
      .regex(/^[0-9a-fA-F]*$/)
      .describe(
        'Digest of the file as it is downloaded, or of the disk in a container image, in hexadecimal.',
      ),
  })
  .meta(
    rules({
      rule: "self.value.size() == (self.type == 'sha256' ? 64 : 128)",
      message: 'a sha256 has 64 hexadecimal digits, a sha512 128',
      fieldPath: '.value',
    }),
  );

const httpUrl = z
  .string()
  .max(2048)
  .meta(
    rules({
      rule: "isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHost() != ''",
      message: 'must be an http or https URL',
    }),
  );

const caBundle = z
  .string()
  .max(65_536)
  .regex(/-----BEGIN CERTIFICATE-----/)
  .optional()
  .describe(
    'Certificates in PEM of the authorities that the server may be certified by, beside the public ones.',
  );

const Http = z.object({
  url: httpUrl.describe('Address of the image file, which may be packed by gzip, xz or zstd.'),
  caBundle,
  checksum: Checksum.optional().describe('Digest that the downloaded file must have.'),
});

const S3 = z.object({
  endpoint: httpUrl.optional().describe("Address of the object store. Default: Amazon's for the region."),
  region: z
    .string()
    .max(63)
    .regex(/^[a-z0-9-]+$/)
    .optional()
    .describe('Region of the bucket. Default: us-east-1.'),
  bucket: z.string().min(3).max(63).describe('Bucket that holds the image.'),
  key: z.string().min(1).max(1024).describe('Key of the image in the bucket.'),
  secretRef: LocalReference('Secret')
    .optional()
    .describe(
      'Secret with accessKeyId, secretAccessKey and, for passing credentials, sessionToken, or by their AWS_ names; anonymous access without one.',
    ),
  addressingStyle: z
    .enum(['path', 'virtual'])
    .optional()
    .describe(
      'Whether the bucket is in the path of the URL or in its host. Default: path at an endpoint of your own, virtual at Amazon.',
    ),
  caBundle,
  checksum: Checksum.optional().describe('Digest that the downloaded file must have.'),
});

const ContainerDisk = z.object({
  image: z
    .string()
    .min(1)
    .max(512)
    .describe('OCI image that holds the disk as a file in /disk (a KubeVirt container disk).'),
  path: z.string().max(256).optional().describe('File in the image. Default: the only one in /disk.'),
  pullSecretRef: LocalReference('Secret')
    .optional()
    .describe('Secret of type kubernetes.io/dockerconfigjson, for a registry that asks who pulls.'),
  plainHttp: z
    .boolean()
    .optional()
    .describe('Talk to the registry without TLS: only for one on a network that you trust. Default: false.'),
  caBundle,
});

const claim = Reference('PersistentVolumeClaim');

const ImageClaim = claim.extend({
  path: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'Disk image in the volume of the claim. Default: disk.img, or else disk.qcow2. A block volume is the disk itself.',
    ),
});

/** The sources that an image and a disk have in common. */
const importedSourceFields = {
  http: Http.optional().describe('A file on an HTTP server.'),
  s3: S3.optional().describe('An object in an S3 bucket.'),
  containerDisk: ContainerDisk.optional().describe('A disk inside an OCI image.'),
} as const;

const imageSourceFields = {
  ...importedSourceFields,
  pvc: ImageClaim.optional().describe(
    'A claim of the same namespace that holds a disk, which is copied once no pod uses it.',
  ),
} as const;

export const ImageSource = z
  .object(imageSourceFields)
  .meta(rules(exactlyOneOf('http', 's3', 'containerDisk', 'pvc')));

/** What a VMImage comes from. */
export const VMImageSource = z
  .object({
    ...imageSourceFields,
    upload: z.object({}).optional().describe('A file that a client sends.'),
  })
  .meta(rules(exactlyOneOf('http', 's3', 'containerDisk', 'pvc', 'upload')));

export const DiskSource = z
  .object({
    ...importedSourceFields,
    pvc: claim
      .optional()
      .describe(
        'A claim of the same namespace that holds the disk of a VM, disk.qcow2, or is a block volume, and is the disk. It is kept by default. An image of another kind is copied: by a VMImage with source.pvc.',
      ),
    blank: z.object({}).optional().describe('An empty disk.'),
    snapshot: z
      .object({
        name: ObjectName.describe('Name of the VMSnapshot, in the same namespace.'),
        disk: z
          .string()
          .max(63)
          .optional()
          .describe("Disk of the snapshot. Default: the disk of this disk's name."),
      })
      .optional()
      .describe('A disk as it was in a VMSnapshot of the same namespace, of which it is a copy.'),
    image: LocalReference('VMImage').optional().describe('A VMImage.'),
    clone: z
      .object({
        vmRef: Reference('VirtualMachine').describe('VM that the disk was cloned from.'),
        disk: DnsLabel.describe('Disk of that VM.'),
      })
      .optional()
      .describe(
        'A disk of another VM, as a VMOperation clone has made it. It is never made again: where its claim is lost, it stays lost.',
      ),
  })
  .meta(rules(exactlyOneOf('blank', 'http', 's3', 'containerDisk', 'pvc', 'snapshot', 'image', 'clone')));

/** A checksum beside the source is for any kind of it; one inside `http` or `s3` is for that alone. */
export const oneChecksum = {
  rule:
    '!has(self.checksum) || !has(self.source)' +
    ' || !((has(self.source.http) && has(self.source.http.checksum)) || (has(self.source.s3) && has(self.source.s3.checksum)))',
  message: 'the source has a checksum already: set only one',
  fieldPath: '.checksum',
  reason: 'FieldValueForbidden',
} as const;

/** What a VM's root disk starts as. */
export const VirtualMachineImage = z
  .object({
    templateRef: Reference('VMTemplate').optional().describe('Template whose image the root disk starts as.'),
    source: ImageSource.optional().describe('Image that the root disk starts as.'),
    checksum: Checksum.optional().describe('Digest that the file of source must have.'),
  })
  .meta(
    rules(exactlyOneOf('templateRef', 'source'), oneChecksum, {
      rule: '!has(self.checksum) || has(self.source)',
      message: "checksum goes with source; a template's image has its own",
      fieldPath: '.checksum',
      reason: 'FieldValueForbidden',
    }),
  );

const TemplateImageSource = z
  .object({
    ...imageSourceFields,
    image: LocalReference('VMImage')
      .optional()
      .describe(
        "A VMImage of the template's namespace, an uploaded one for example. VMs of other namespaces have it imported there from where the VMImage has it, which an upload and a claim do not allow.",
      ),
  })
  .meta(rules(exactlyOneOf('http', 's3', 'containerDisk', 'pvc', 'image')));

/** What a VMTemplate imports once. */
export const TemplateImage = z
  .object({
    source: TemplateImageSource.describe('Where the image comes from.'),
    format: z
      .enum(IMAGE_FORMATS)
      .optional()
      .describe('Format of the file. Default: found out by looking at it.'),
    size: DiskSize.optional().describe(
      'The most that a guest may see of the image; its volume has room for it. Default: what the file says.',
    ),
    checksum: Checksum.optional().describe('Digest that the file of source must have.'),
  })
  .meta(rules(oneChecksum, ...['format', 'size', 'checksum'].map(ofVmImage)));

function ofVmImage(field: string) {
  return {
    rule: `!has(self.${field}) || !has(self.source) || !has(self.source.image)`,
    message: `${field} is the VMImage's to say`,
    fieldPath: `.${field}`,
    reason: 'FieldValueForbidden',
  } as const;
}

export type Checksum = z.infer<typeof Checksum>;
export type ImageSource = z.infer<typeof ImageSource>;
export type VMImageSource = z.infer<typeof VMImageSource>;
export type DiskSource = z.infer<typeof DiskSource>;
export type VirtualMachineImage = z.infer<typeof VirtualMachineImage>;
export type TemplateImage = z.infer<typeof TemplateImage>;

/** The one checksum of an image, wherever it was written. */
export function checksumOf(image: {
  source?: Pick<ImageSource, 'http' | 's3'> | undefined;
  checksum?: Checksum | undefined;
}) {
  return image.checksum ?? image.source?.http?.checksum ?? image.source?.s3?.checksum;
}
