import * as z from 'zod';
import { DiskSource } from '../image-source.ts';
import { DISK_NAME_MAX, DnsLabel, ObjectName } from '../schema/names.ts';
import { DiskSize, gibibytesNeverShrink, sizeNeverShrinks } from '../schema/quantity-field.ts';
import { immutable, listMap, rules } from '../schema/rules.ts';

const DiskFields = z.object({
  name: DnsLabel.max(DISK_NAME_MAX).describe('Name of the disk; its claim is <vm>-<name>.'),
  size: DiskSize.optional().describe(
    'Size that the guest sees, for example "50Gi". It can grow, never shrink.',
  ),
  sizeGiB: z
    .int()
    .min(1)
    .max(65536)
    .optional()
    .describe('Another word for size, in GiB: set only one of the two.'),
  expandPolicy: z
    .enum(['Online'])
    .optional()
    .describe(
      'A disk that grows does so under its running guest wherever that is possible; there is no other way.',
    ),
  storageClass: ObjectName.optional().describe(
    "StorageClass of the claim. Default: the cluster's default class.",
  ),
  bootOrder: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'Place in the boot order, 1 first. The image goes to the disk that boots first. Where no disk has a place, that is the first listed, and a cdrom with one is tried before it.',
    ),
  type: z.enum(['disk', 'cdrom']).default('disk').describe('What the guest sees.'),
  bus: z
    .enum(['sata', 'scsi'])
    .optional()
    .describe(
      'What a cdrom is attached to. Default: sata (IDE on a pc), which every installer knows, Windows included. Cloud kernels have no driver for it and see a drive on scsi (virtio-scsi).',
    ),
  accessMode: z
    .enum(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'])
    .default('ReadWriteOnce')
    .describe('Access mode of the claim. ReadWriteMany migrates without copying the disk.'),
  volumeMode: z
    .enum(['Filesystem', 'Block'])
    .default('Filesystem')
    .describe(
      'Filesystem keeps the disk as a qcow2 file, Block as a raw device, which holds no snapshots and is a full copy of its image.',
    ),
  deletePolicy: z
    .enum(['Delete', 'Keep'])
    .optional()
    .describe(
      'Whether the claim goes when the VM is deleted; it may be changed at any time before. Default: Delete for a claim made for the VM, Keep for one it was given.',
    ),
  cloneMode: z
    .enum(['auto', 'linked', 'full'])
    .default('auto')
    .describe('linked stands on the image in constant time, full is a copy that stands alone, auto chooses.'),
  source: DiskSource.optional().describe(
    'What the disk starts as. Default: the image for the disk that boots first, else blank. Of a cdrom: the medium, which may be changed; without one the drive is empty.',
  ),
});

const sizeOfBlank = {
  rule: "has(self.size) || has(self.sizeGiB) || self.type == 'cdrom' || (has(self.source) && !has(self.source.blank))",
  message: 'a disk without a source of its own needs a size',
  fieldPath: '.size',
  reason: 'FieldValueRequired',
} as const;

const oneSize = {
  rule: '!has(self.size) || !has(self.sizeGiB)',
  message: 'size and sizeGiB say the same thing: set only one',
  fieldPath: '.sizeGiB',
  reason: 'FieldValueForbidden',
} as const;

const cdromIsNotBlank = {
  rule: "self.type != 'cdrom' || !has(self.source) || !has(self.source.blank)",
  message: 'a cdrom cannot be blank: leave its source out for a drive without a medium',
  fieldPath: '.source',
  reason: 'FieldValueRequired',
} as const;

const busOfCdrom = {
  rule: "!has(self.bus) || self.type == 'cdrom'",
  message: 'bus is of a cdrom: a disk is a virtio one',
  fieldPath: '.bus',
  reason: 'FieldValueForbidden',
} as const;

/** A medium may be changed, a disk is what it was made from. */
const sourceStays = {
  rule: "self.type == 'cdrom' || (has(self.source) == has(oldSelf.source) && (!has(self.source) || self.source == oldSelf.source))",
  message: 'source cannot be changed after creation',
  fieldPath: '.source',
  reason: 'FieldValueForbidden',
} as const;

const bootOrderOnce = {
  rule: 'self.all(d, !has(d.bootOrder) || self.exists_one(e, has(e.bootOrder) && e.bootOrder == d.bootOrder))',
  message: 'a bootOrder may occur only once',
} as const;

const MAX_DISKS = 32;
const list = { ...listMap('name'), ...rules(bootOrderOnce) };

export const Disk = DiskFields.meta(
  rules(
    sizeOfBlank,
    oneSize,
    cdromIsNotBlank,
    busOfCdrom,
    sizeNeverShrinks,
    gibibytesNeverShrink,
    immutable('type', 'storageClass', 'accessMode', 'volumeMode', 'cloneMode'),
    sourceStays,
  ),
);
export const Disks = z.array(Disk).max(MAX_DISKS).meta(list);

/** A template's disks may change: they are a wish for VMs to come. */
export const TemplateDisks = z
  .array(DiskFields.meta(rules(sizeOfBlank, oneSize, cdromIsNotBlank, busOfCdrom)))
  .max(MAX_DISKS)
  .meta(list);

export type Disk = z.infer<typeof Disk>;

/** The disk that the image goes to: the first to boot, else the first listed. */
export function rootDiskOf(disks: readonly Disk[] = []): Disk | undefined {
  const hard = disks.filter((disk) => disk.type === 'disk');
  const [first] = hard
    .filter((disk) => disk.bootOrder !== undefined)
    .sort((a, b) => (a.bootOrder ?? 0) - (b.bootOrder ?? 0));
  return first ?? hard[0];
}

/** A drive without a medium, which has no claim. */
export function isEmptyDrive({ type, source }: Disk): boolean {
  return type === 'cdrom' && source === undefined;
}

/** A claim that the VM was given is not the VM's to delete. */
export function deletePolicyOf(disk: Disk): 'Delete' | 'Keep' {
  return disk.deletePolicy ?? (disk.source?.pvc === undefined ? 'Delete' : 'Keep');
}
