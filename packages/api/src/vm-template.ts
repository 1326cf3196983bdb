import * as z from 'zod';
import { Conditions } from './condition.ts';
import { TemplateImage } from './image-source.ts';
import { ageColumn, defineKind, nameRule, objectSchema } from './kind.ts';
import { DnsLabel, VM_NAME_MAX } from './schema/names.ts';
import { DiskSize, MemorySize } from './schema/quantity-field.ts';
import { listSet, rules } from './schema/rules.ts';
import { TEMPLATE_FEATURES } from './template-feature.ts';
import { templatedFields } from './virtual-machine.ts';
import { CloudInitData } from './virtual-machine/cloud-init.ts';
import { TemplateDisks } from './virtual-machine/disk.ts';
import { firmwareRules } from './virtual-machine/firmware.ts';
import { Cpus } from './virtual-machine/hardware.ts';

const text = z.string().optional();

const OsInfo = z.object({
  type: z.enum(['linux', 'windows', 'bsd', 'other']).optional().describe('Family of the operating system.'),
  distribution: z.string().max(63).optional().describe('Distribution, for example "ubuntu".'),
  version: z.string().max(63).optional().describe('Version of the distribution, for example "22.04".'),
});

const RecommendedResources = z.object({
  minCpus: Cpus.optional().describe('Fewest virtual CPUs that make sense.'),
  minMemory: MemorySize.optional().describe('Least memory that makes sense.'),
  minDiskSize: DiskSize.optional().describe('Smallest root disk that makes sense.'),
});

export const TemplateDefaultSpec = z
  .object({
    ...templatedFields,
    disks: TemplateDisks.optional().describe('Disks of a VM that lists none of its own.'),
  })
  .meta(rules(...firmwareRules));

const TemplateCloudInit = z.object({
  defaultUserData: CloudInitData.optional().describe('User data of VMs that bring none.'),
  defaultNetworkData: CloudInitData.optional().describe('Network configuration of VMs that bring none.'),
});

export const VMTemplateSpec = z.object({
  displayName: z.string().max(128).optional().describe('Name for people.'),
  description: z.string().max(4096).optional().describe('What the template is for.'),
  version: z
    .string()
    .max(63)
    .optional()
    .describe('Version of the template. A VM keeps in its status which one its root disk was made from.'),
  tags: z
    .array(z.string().min(1).max(63))
    .max(64)
    .meta(listSet)
    .optional()
    .describe('Words to find the template by.'),
  icon: z
    .string()
    .max(65536)
    .optional()
    .describe('Icon, as a data URL or the name of one that the dashboard brings.'),
  osInfo: OsInfo.optional().describe('The operating system in the image.'),
  defaultSpec: TemplateDefaultSpec.optional().describe(
    'Fields of a VirtualMachine that sets none of its own; a field of the VM, a list too, replaces the whole field here. status.template.inherited of a VM shows what it has from here. A change reaches the VMs as a change of their own spec would.',
  ),
  image: TemplateImage.describe(
    'Image that the VMs start from, imported once a namespace. Another image is imported anew, for VMs to come; disks that are made stay as they are, and what they stand on is kept.',
  ),
  sharedWith: z
    .array(
      z
        .string()
        .max(63)
        .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?|\*)$/),
    )
    .max(256)
    .meta(listSet)
    .optional()
    .describe(
      'Other namespaces whose VMs may start from this template, "*" for all. The image is imported there once more; a pull secret must be there too.',
    ),
  cloudInit: TemplateCloudInit.optional().describe('cloud-init of VMs that bring none.'),
  requiredFeatures: z
    .array(DnsLabel)
    .max(32)
    .meta(listSet)
    .optional()
    .describe(
      `What a VM must have to run this image; one that has it not is not started, and its condition Ready says what to change: ${TEMPLATE_FEATURES.join(', ')}.`,
    ),
  recommendedResources: RecommendedResources.optional().describe(
    'Least resources; a VM with less starts, and its condition BelowRecommended says so.',
  ),
});

export const VMTemplatePhase = z.enum(['Pending', 'Importing', 'Ready', 'Failed']);

export const VMTemplateStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('metadata.generation that this status answers.'),
  phase: VMTemplatePhase.optional().describe('Where the import stands.'),
  conditions: Conditions.optional(),
  ready: z.boolean().optional().describe('Whether VMs can be made from it now.'),
  progress: z.int().min(0).max(100).optional().describe('Percent of the image imported.'),
  size: text.describe('Size that a guest sees of the image.'),
  pvc: text.describe('Claim that holds the imported image.'),
  attempts: z.int().min(0).optional().describe('Attempts to import the image, of at most 5.'),
  lastUpdated: z.iso.datetime().optional().describe('When the image was imported.'),
  usageCount: z
    .int()
    .min(0)
    .optional()
    .describe('Number of VMs that name this template, of other namespaces too.'),
});

export const VMTemplate = objectSchema('VMTemplate', VMTemplateSpec, VMTemplateStatus);

export const vmTemplateKind = defineKind({
  kind: 'VMTemplate',
  plural: 'vmtemplates',
  shortNames: ['vmt', 'vmtpl'],
  description: 'An image with the settings that its VMs start from.',
  schema: VMTemplate,
  rules: [nameRule(VM_NAME_MAX)],
  selectableFields: ['.status.phase'],
  columns: [
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Where the import stands.' },
    { name: 'Progress', type: 'integer', jsonPath: '.status.progress', description: 'Percent imported.' },
    { name: 'Size', type: 'string', jsonPath: '.status.size', description: 'Size of the image.' },
    { name: 'OS', type: 'string', jsonPath: '.spec.osInfo.distribution', description: 'Distribution.' },
    { name: 'Version', type: 'string', jsonPath: '.spec.version', description: 'Its version.' },
    { name: 'Used', type: 'integer', jsonPath: '.status.usageCount', description: 'VMs that name it.' },
    ageColumn,
    {
      name: 'Display Name',
      type: 'string',
      jsonPath: '.spec.displayName',
      description: 'Its name.',
      priority: 1,
    },
    {
      name: 'PVC',
      type: 'string',
      jsonPath: '.status.pvc',
      description: 'Claim with the image.',
      priority: 1,
    },
  ],
});

export type TemplateDefaultSpec = z.infer<typeof TemplateDefaultSpec>;
export type VMTemplatePhase = z.infer<typeof VMTemplatePhase>;
export type VMTemplateSpec = z.infer<typeof VMTemplateSpec>;
export type VMTemplateStatus = z.infer<typeof VMTemplateStatus>;
export type VMTemplate = z.infer<typeof VMTemplate>;
export type VMTemplateManifest = z.input<typeof VMTemplate>;
