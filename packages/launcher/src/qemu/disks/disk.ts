import { dirname, join, resolve, sep } from 'node:path';
import { DISK_FILE, type MachineDisk } from '@hypersdk/api/machine';
import { exists } from '../../files/exists.ts';
import { ProblemError } from '../../problem.ts';
import type { DiskLayer } from '../devices/disk.ts';
import { imageChain, type ImageLayer } from './disk-image.ts';
import { takesDirectIo } from './direct-io.ts';
import { diskFailure } from './image-failure.ts';

/** A disk that exists and that QEMU may open. Sizes in bytes. */
export interface ReadyDisk {
  readonly state: 'ready';
  /** None of a drive without a medium. */
  readonly layers: readonly DiskLayer[];
  readonly virtualSize: number;
  readonly actualSize: number;
  readonly directIo: boolean;
}
export type DiskOnVolume = { readonly state: 'missing' } | ReadyDisk;

export const diskFormat = (disk: MachineDisk): 'qcow2' | 'raw' =>
  disk.volume.type === 'filesystem' ? 'qcow2' : 'raw';

/** The file or device of a disk's active layer. */
export function diskPath({ volume }: MachineDisk): string {
  return volume.type === 'filesystem' ? join(volume.directory, DISK_FILE) : volume.device;
}

/** One that is there already, wherever it is mounted. */
export function existingDisk(name: string, volume: MachineDisk['volume']): MachineDisk {
  return { name, device: 'disk', volume, size: 0, source: { type: 'existing' } };
}

/** A disk under this name is not finished: its maker died, or is at work. */
export const partialPath = (disk: MachineDisk): string => `${diskPath(disk)}.partial`;

/** Looks at a disk of a stopped machine. Throws ProblemError or TransientError when it cannot be used. */
export async function observeDisk(
  disk: MachineDisk,
  images: string,
  signal: AbortSignal,
  /** A QEMU that hands it over has it open still. */
  isOpen = false,
): Promise<DiskOnVolume> {
  if (disk.empty) return emptyDrive;
  const path = diskPath(disk);
  try {
    if (!(await exists(path))) return await missing(disk);
    const { layers, virtualSize, actualSize } = await trustedChain(disk, path, images, signal, isOpen);
    return { state: 'ready', layers, virtualSize, actualSize, directIo: await takesDirectIo(path) };
  } catch (error) {
    throw signal.aborted ? error : diskFailure(disk.name, error);
  }
}

const emptyDrive: ReadyDisk = {
  ...{ state: 'ready', layers: [], virtualSize: 0, actualSize: 0, directIo: false },
};

/** The chain below a file of the disk's own. Throws ProblemError where it leads elsewhere. */
export async function trustedChain(
  disk: MachineDisk,
  path: string,
  images: string,
  signal: AbortSignal,
  isOpen = false,
): Promise<Pick<ReadyDisk, 'layers' | 'virtualSize' | 'actualSize'>> {
  const chain = await imageChain(path, diskFormat(disk), signal, isOpen);
  const layers = chain.map((layer, depth) => trustedLayer(disk, layer, depth, images));
  const [active] = chain;
  if (!active) throw new Error(`qemu-img described no image at ${path}`);
  return { layers, virtualSize: active.virtualSize, actualSize: active.actualSize };
}

async function missing(disk: MachineDisk): Promise<DiskOnVolume> {
  if (disk.volume.type === 'filesystem' && (await exists(disk.volume.directory))) {
    return { state: 'missing' };
  }
  throw new ProblemError({
    reason: 'VolumeMissing',
    message: `Disk ${disk.name}: its volume is not mounted in this pod.`,
    disk: disk.name,
  });
}

/**
 * A disk's chain may stand on its own volume and on golden images only. A volume that somebody else filled
 * could name any file of the pod.
 */
function trustedLayer(disk: MachineDisk, layer: ImageLayer, depth: number, images: string): DiskLayer {
  const home = dirname(diskPath(disk));
  const within = [home, images].some((directory) => resolve(layer.file).startsWith(directory + sep));
  const { format } = layer;
  if ((depth > 0 && !within) || layer.dataFile !== undefined || (format !== 'qcow2' && format !== 'raw')) {
    const message = `Disk ${disk.name}: it refers to ${layer.dataFile ?? layer.file} (${format}), which is outside its volume and the golden images.`;
    throw new ProblemError({ reason: 'UnsafeImage', message, disk: disk.name });
  }
  if (layer.corrupt) {
    const message = `Disk ${disk.name}: ${layer.file} is marked corrupt; repair it with "qemu-img check -r all".`;
    throw new ProblemError({ reason: 'DiskCorrupt', message, disk: disk.name });
  }
  const driver = depth === 0 && disk.volume.type === 'block' ? 'host_device' : 'file';
  return { file: layer.file, driver, format };
}
