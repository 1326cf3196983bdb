/** Where what is to be copied of a VM's disk lies. */
import { join } from 'node:path';
import { layerFile, type CopySpec, type MachineVolume } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { diskPath, existingDisk } from '../qemu/disks/disk.ts';

export interface SourceDisk {
  readonly name: string;
  readonly from: MachineVolume;
}

/** The layer that its launcher has frozen, or the disk itself where its guest is off. */
export function sourceFile(source: SourceDisk, spec: Pick<CopySpec, 'id' | 'isFrozen'>): string {
  if (spec.isFrozen) return join(sourceDirectory(source), layerFile(spec.id));
  return diskPath(existingDisk(source.name, source.from));
}

export function sourceDirectory({ from, name }: SourceDisk): string {
  if (from.type === 'filesystem') return from.directory;
  const message = `Disk ${name}: a block volume holds one disk and no layers; clone it with mode full.`;
  throw new ProblemError({ reason: 'NotSupported', message, disk: name });
}
