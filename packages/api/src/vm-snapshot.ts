import * as z from 'zod';
import { Conditions } from './condition.ts';
import { ageColumn, defineKind, nameRule, objectSchema } from './kind.ts';
import { SavedMemory } from './machine/memory.ts';
import { Quiesced } from './quiesced.ts';
import { LocalReference, ObjectName } from './schema/names.ts';
import { immutable, listMap, rules } from './schema/rules.ts';
import { Retention } from './vm-snapshot/retention.ts';

const text = z.string().optional();
const count = z.int().min(0).optional();
const time = z.iso.datetime().optional();

/** How a snapshot is made, by itself or by a schedule. */
export const snapshotFields = {
  includeMemory: z
    .boolean()
    .default(false)
    .describe("Keep the guest's memory too, so that a restore goes on where it was."),
  quiesce: z
    .boolean()
    .default(true)
    .describe("Freeze the guest's file systems by its agent while the snapshot is taken."),
  description: z.string().max(1024).optional().describe('What the snapshot is for.'),
  destination: z
    .object({
      storageClass: ObjectName.optional().describe('StorageClass of the claim for memory and copies.'),
    })
    .optional()
    .describe("Where it is kept. Default: in the claims of the VM's disks."),
  method: z
    .enum(['disk', 'volume'])
    .default('disk')
    .describe('disk makes a layer in the image, volume a CSI VolumeSnapshot.'),
} as const;

export const VMSnapshotSpec = z
  .object({
    vmRef: LocalReference('VirtualMachine').describe('VM that the snapshot is of.'),
    ...snapshotFields,
    memory: z.boolean().optional().describe('Another word for includeMemory; either of the two is enough.'),
    nameHint: z
      .string()
      .max(253)
      .optional()
      .describe('A name for people. Nothing is named for it: layers have names of their own.'),
    retention: Retention.optional().describe('How long the snapshot is kept. Default: until it is deleted.'),
    retentionPolicy: Retention.optional().describe('Another word for retention: set only one of the two.'),
  })
  .meta(
    rules(immutable('vmRef', 'includeMemory', 'memory', 'quiesce', 'destination', 'method'), {
      rule: '!has(self.retention) || !has(self.retentionPolicy)',
      message: 'retention and retentionPolicy say the same thing: set only one',
      fieldPath: '.retentionPolicy',
      reason: 'FieldValueForbidden',
    }),
  );

export const wantsMemory = ({ includeMemory, memory = false }: VMSnapshotSpec): boolean =>
  includeMemory || memory;

export const retentionOf = ({ retention, retentionPolicy }: VMSnapshotSpec): Retention | undefined =>
  retention ?? retentionPolicy;

export const VMSnapshotPhase = z.enum(['Pending', 'Creating', 'Ready', 'Failed', 'Expired', 'Deleting']);

const SnapshotDisk = z.object({
  name: z.string().describe('Name of the disk.'),
  pvc: text.describe('Claim that holds it.'),
  file: text.describe('Layer in the claim.'),
  volumeSnapshot: text.describe('CSI VolumeSnapshot, with method volume.'),
  size: text.describe('Size that the guest saw.'),
});

const VmState = z.object({
  cpus: count.describe('Virtual CPUs at that time.'),
  memory: text.describe('Memory at that time.'),
  running: z.boolean().optional().describe('Whether the guest ran.'),
});

export const VMSnapshotStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('metadata.generation that this status answers.'),
  phase: VMSnapshotPhase.optional().describe('Where the snapshot stands.'),
  conditions: Conditions.optional(),
  size: text.describe('Storage that it takes.'),
  sizeBytes: count.describe('Storage that it takes, in bytes.'),
  creationTime: time.describe('The instant that it holds.'),
  readyToRestore: z.boolean().optional().describe('Whether it can be gone back to.'),
  quiesced: Quiesced.optional().describe("Whether the guest's file systems were frozen, and why not."),
  pauseMilliseconds: count.describe('How long the guest stood still.'),
  disks: z.array(SnapshotDisk).meta(listMap('name')).optional().describe('Disks in the snapshot.'),
  includesMemory: z
    .boolean()
    .optional()
    .describe('Whether it holds memory; of a VM that was off there is none.'),
  memory: SavedMemory.optional().describe('Memory of the running guest, with includeMemory.'),
  vmState: VmState.optional().describe('The VM at that instant.'),
  parentSnapshot: text.describe('Snapshot that this one stands on.'),
  snapshotChain: z.array(z.string()).optional().describe('Snapshots from this one down to the first.'),
  vmUid: text.describe('Uid of the VM that it is of; another VM of its name is none of its business.'),
  fromEpoch: count.describe("The VM's epoch when the guest's launcher was asked to freeze its disks."),
});

export const VMSnapshot = objectSchema('VMSnapshot', VMSnapshotSpec, VMSnapshotStatus);

export const vmSnapshotKind = defineKind({
  kind: 'VMSnapshot',
  plural: 'vmsnapshots',
  shortNames: ['vmsnap', 'vmsnaps'],
  description: 'The disks, and if wanted the memory, of a VirtualMachine at one instant.',
  schema: VMSnapshot,
  rules: [nameRule(63)],
  selectableFields: ['.spec.vmRef.name', '.status.phase'],
  columns: [
    { name: 'VM', type: 'string', jsonPath: '.spec.vmRef.name', description: 'VM it is of.' },
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Where it stands.' },
    {
      name: 'Memory',
      type: 'boolean',
      jsonPath: '.status.includesMemory',
      description: 'Whether it holds memory.',
    },
    { name: 'Size', type: 'string', jsonPath: '.status.size', description: 'Storage that it takes.' },
    ageColumn,
    {
      name: 'Restorable',
      type: 'boolean',
      jsonPath: '.status.readyToRestore',
      description: 'Whether it can be gone back to.',
      priority: 1,
    },
    {
      name: 'Parent',
      type: 'string',
      jsonPath: '.status.parentSnapshot',
      description: 'Snapshot below.',
      priority: 1,
    },
    {
      name: 'Description',
      type: 'string',
      jsonPath: '.spec.description',
      description: 'Its purpose.',
      priority: 1,
    },
  ],
});

export type VMSnapshotSpec = z.infer<typeof VMSnapshotSpec>;
export type VMSnapshotPhase = z.infer<typeof VMSnapshotPhase>;
export type VMSnapshotStatus = z.infer<typeof VMSnapshotStatus>;
export type VMSnapshot = z.infer<typeof VMSnapshot>;
export type VMSnapshotManifest = z.input<typeof VMSnapshot>;
