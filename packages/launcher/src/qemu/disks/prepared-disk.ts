import type { MachineDisk } from '@hypersdk/api/machine';
import type { AttachedDisk } from '../devices/disk.ts';
import { observeDisk, type ReadyDisk } from './disk.ts';
import { growDisk, makeDisk } from './make-disk.ts';
import type { Making } from './making.ts';

/** A disk that is to be opened now: made where it is missing, and as large as it should be. */
export async function preparedDisk(disk: MachineDisk, preparing: Making): Promise<AttachedDisk> {
  const { layers, directIo } = await wholeDisk(disk, preparing);
  return { name: disk.name, device: disk.device, layers, directIo };
}

async function wholeDisk(disk: MachineDisk, preparing: Making): Promise<ReadyDisk> {
  const { images, signal } = preparing;
  const found = await observeDisk(disk, images, signal);
  if (found.state === 'missing') await makeDisk(disk, preparing);
  else if (disk.volume.type === 'filesystem' && found.virtualSize < disk.size) await growDisk(disk, signal);
  else return found;
  const made = await observeDisk(disk, images, signal);
  if (made.state === 'ready') return made;
  throw new Error(`disk ${disk.name} was made and is not there`);
}
