import { stat } from 'node:fs/promises';
import { DISK_FILE, type MachineDisk } from '@hypersdk/api/machine';
import { ProblemError } from '../../problem.ts';
import { takeClonedImage } from './cloned-image.ts';
import { diskPath, partialPath, trustedChain } from './disk.ts';
import {
  convertImage,
  createBlankImage,
  createOverlay,
  imageInfo,
  type ImageLayer,
  resizeImage,
} from './disk-image.ts';
import { freeBytes } from './free-bytes.ts';
import { diskFailure } from './image-failure.ts';
import { copyOntoDevice } from './image-on-device.ts';
import { clearPartial, commitPartial } from './partial-disk.ts';
import type { Making } from './making.ts';

/**
 * Makes a disk that is missing. The work is done under another name and the last step is a rename, so that
 * a disk under its own name is always whole. Throws ProblemError or TransientError.
 */
export async function makeDisk(disk: MachineDisk, making: Making): Promise<void> {
  try {
    if (disk.volume.type === 'block') await fillDevice(disk, disk.volume.device, making);
    else await makeFile(disk, making);
  } catch (error) {
    throw making.signal.aborted ? error : diskFailure(disk.name, error);
  }
}

async function makeFile(disk: MachineDisk, making: Making): Promise<void> {
  await clearPartial(disk);
  await fillPartial(disk, making);
  await commitPartial(disk);
}

/** Enlarges a disk of a stopped machine; never makes one smaller. */
export async function growDisk(disk: MachineDisk, signal: AbortSignal): Promise<void> {
  try {
    await resizeImage(diskPath(disk), disk.size, signal);
  } catch (error) {
    throw signal.aborted ? error : diskFailure(disk.name, error);
  }
}

async function fillPartial(disk: MachineDisk, making: Making): Promise<void> {
  const { source } = disk;
  switch (source.type) {
    case 'blank':
      await createBlankImage(partialPath(disk), disk.size, making.signal);
      return;
    case 'image':
      await fillFromImage(disk, source, making);
      return;
    case 'moved':
    case 'existing':
      throw new ProblemError({
        reason: 'DiskMissing',
        message: `Disk ${disk.name}: its volume has no ${DISK_FILE}, as the disk of a VM has; a VMImage with source.pvc copies any other.`,
        disk: disk.name,
      });
  }
}

async function fillDevice(disk: MachineDisk, device: string, making: Making): Promise<void> {
  const { source } = disk;
  // A device is there as it is, and a blank disk whatever is on it.
  if (source.type !== 'image') return;
  await copyOntoDevice(disk, device, await goldenImage(disk, source, making), making);
}

type ImageSource = Extract<MachineDisk['source'], { type: 'image' }>;

async function fillFromImage(disk: MachineDisk, source: ImageSource, making: Making): Promise<void> {
  const golden = await goldenImage(disk, source, making);
  const size = Math.max(disk.size, golden.virtualSize);
  const partial = partialPath(disk);
  if (source.clone === 'linked') {
    await createOverlay(partial, source.path, size, making.signal);
    return;
  }
  const { volume } = disk;
  const isCloned =
    volume.type === 'filesystem' && (await takeClonedImage(volume.directory, source.path, partial));
  if (!isCloned) {
    await checkFreeSpace(disk, golden);
    await convertImage({ from: source.path, fromFormat: 'qcow2', to: partial, ...making });
  }
  if (size > golden.virtualSize) await resizeImage(partial, size, making.signal);
}

async function goldenImage(
  disk: MachineDisk,
  { path, isLayer }: ImageSource,
  { signal, images }: Making,
): Promise<ImageLayer> {
  const found = await stat(path).catch(() => undefined);
  const problem = (reason: string, text: string): ProblemError =>
    new ProblemError({ reason, message: `Disk ${disk.name}: ${text}`, disk: disk.name });
  if (!found) throw problem('ImageMissing', `its golden image ${path} is not there; import the image again.`);
  const golden = await imageInfo(path, { format: 'qcow2', signal });
  if (isLayer) {
    await trustedChain(disk, path, images, signal);
    return golden;
  }
  if (golden.backingFile !== undefined || golden.dataFile !== undefined) {
    throw problem('UnsafeImage', `its golden image ${path} refers to another file.`);
  }
  return golden;
}

/** Says at once what a copy would find out after gigabytes. */
export async function checkFreeSpace(
  disk: MachineDisk,
  golden: Pick<ImageLayer, 'actualSize'>,
): Promise<void> {
  if (disk.volume.type === 'block') return;
  const free = await freeBytes(disk.volume.directory);
  if (free >= golden.actualSize) return;
  const message = `Disk ${disk.name}: the copy takes ${mebibytes(golden.actualSize)} and its volume has ${mebibytes(free)} free; give the disk a larger size or use a linked clone.`;
  throw new ProblemError({ reason: 'NoSpace', message, disk: disk.name });
}

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
