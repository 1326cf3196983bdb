import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { MachineDisk } from '@hypersdk/api/machine';
import { type MachineType, pluggablePlace, virtio } from './bus.ts';
import { blockdev, device, type Properties } from './options.ts';

/** One file of a disk's chain, as the block layer is to open it. */
export interface DiskLayer {
  readonly file: string;
  readonly driver: 'file' | 'host_device';
  readonly format: 'qcow2' | 'raw';
}

/** A disk ready for QEMU: its layers from the active one down to the base. */
export interface AttachedDisk {
  readonly name: string;
  readonly device: MachineDisk['device'];
  readonly bootIndex?: number | undefined;
  readonly bus?: MachineDisk['bus'];
  readonly layers: readonly DiskLayer[];
  /** Whether the volume takes O_DIRECT; some file systems refuse it. */
  readonly directIo: boolean;
}

/** What virtio-blk has room for. The guest finds the disk by it: /dev/disk/by-id/virtio-<name>. */
const SERIAL_LENGTH = 20;
/** QEMU's node names end at 31 characters; `.<layer>.file` needs nine of them. */
const NODE_NAME_LENGTH = 22;

/** The node of a disk's active layer: stable over restarts and the same on both sides of a migration. */
export function nodeName(disk: string): string {
  const name = `disk-${disk}`;
  if (name.length <= NODE_NAME_LENGTH) return name;
  const hash = createHash('sha256').update(disk).digest('hex').slice(0, 8);
  return `${name.slice(0, NODE_NAME_LENGTH - 9)}-${hash}`;
}

/** The nodes of all disks, and the disks; drives are `opticalDrives`. */
export function diskDevices(type: MachineType, disks: readonly AttachedDisk[]): string[] {
  const plain = disks.filter((disk) => disk.device === 'disk');
  return [
    ...disks.filter(hasLayers).flatMap((disk) => blockdev(blockNode(disk))),
    ...plain.flatMap((disk, index) => virtioDisk(type, disk, index)),
  ];
}

function virtioDisk(type: MachineType, disk: AttachedDisk, index: number): string[] {
  return device(diskDevice(type, disk, pluggablePlace(type, 'disk', index)));
}

export const serialOf = (disk: string): string => disk.slice(0, SERIAL_LENGTH);
export const diskDeviceId = (disk: string): string => `disk-${disk}`;

/**
 * The disk that the guest sees, as `-device` and `device_add` take it. QEMU's main loop serves it: where an iothread does, the
 * interrupt of a request that ends just as the guest is stopped may be lost, and the guest waits for it for ever (ADR 375).
 */
export function diskDevice(
  type: MachineType,
  disk: Pick<AttachedDisk, 'name' | 'bootIndex'>,
  place: Properties,
): Properties & { readonly driver: string } {
  return {
    driver: virtio(type, 'blk'),
    id: diskDeviceId(disk.name),
    drive: nodeName(disk.name),
    serial: serialOf(disk.name),
    ...place,
    ...boot(disk),
    werror: 'stop',
    rerror: 'stop',
  };
}

/** A drive without a medium has none. */
export const hasLayers = ({ layers }: AttachedDisk): boolean => layers.length > 0;

export const boot = (disk: Pick<AttachedDisk, 'bootIndex'>): Properties =>
  disk.bootIndex === undefined ? {} : { bootindex: disk.bootIndex };

/**
 * The chain is spelt out down to `backing: null`, so that QEMU opens the files we looked at and nothing that
 * an image's header names.
 */
export function blockNode(disk: AttachedDisk): Properties {
  const node = disk.layers.reduceRight<Properties | null>(
    (backing, layer, depth) => formatNode(disk, layer, depth, backing),
    null,
  );
  if (node === null) throw new Error(`disk ${disk.name} has no layer`);
  return node;
}

function formatNode(
  disk: AttachedDisk,
  layer: DiskLayer,
  depth: number,
  backing: Properties | null,
): Properties {
  const active = depth === 0;
  const readOnly = !active || disk.device === 'cdrom';
  // Golden images below stay in the node's page cache, where all their guests share them.
  const cache = { direct: active && disk.directIo };
  const name = active ? nodeName(disk.name) : `${nodeName(disk.name)}.${depth}`;
  // Those of the disk's own volume may be folded into each other while the guest runs.
  const isFolded = !active && disk.device === 'disk' && isBeside(disk.layers[0], layer);
  return {
    driver: layer.format,
    'node-name': name,
    'read-only': readOnly,
    cache,
    ...(!readOnly && { discard: 'unmap', 'detect-zeroes': 'unmap' }),
    file: {
      driver: layer.driver,
      'node-name': `${name}.file`,
      filename: layer.file,
      'read-only': readOnly && !isFolded,
      ...(isFolded && { 'auto-read-only': true }),
      cache,
      aio: 'threads',
      ...(!readOnly && { discard: 'unmap' }),
    },
    ...(layer.format === 'qcow2' && { backing }),
  };
}

function isBeside(active: DiskLayer | undefined, { file, driver }: DiskLayer): boolean {
  return active?.driver === 'file' && driver === 'file' && dirname(active.file) === dirname(file);
}
