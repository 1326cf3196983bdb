import type { CopyDisk, CopySpec, MachineDisk } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import {
  diskFormat,
  diskPath,
  existingDisk,
  observeDisk,
  partialPath,
  trustedChain,
  type ReadyDisk,
} from '../qemu/disks/disk.ts';
import {
  convertImage,
  copyToDevice,
  createOverlay,
  flattenImage,
  isEmptyOverlay,
} from '../qemu/disks/disk-image.ts';
import { freezeDisk } from '../qemu/disks/freeze-disk.ts';
import { diskFailure } from '../qemu/disks/image-failure.ts';
import { checkFreeSpace } from '../qemu/disks/make-disk.ts';
import { clearPartial, commitPartial } from '../qemu/disks/partial-disk.ts';
import { isKeptLayer } from '../layers/volume-layers.ts';
import { pullDisk, type Pulling, type PullTarget } from './pull-disk.ts';
import { sourceDirectory, sourceFile, type SourceDisk } from './source-disk.ts';

export interface Copying extends Pulling {
  /** Where golden images and the volumes that disks stand on are mounted. */
  readonly images: string;
}

/** Makes one disk of another; what an earlier attempt has finished is left as it is. */
export async function copyDisk(copy: CopyDisk, spec: CopySpec, copying: Copying): Promise<void> {
  try {
    await makeCopy(copy, spec, copying);
  } catch (error) {
    throw copying.signal.aborted ? error : diskFailure(copy.name, error);
  }
}

function makeCopy(copy: CopyDisk, spec: CopySpec, copying: Copying): Promise<void> {
  if (copy.mode === 'flatten') return flatten(copy, copying);
  return copy.to.type === 'block' ? copyBlock(copy, copying) : copyFile(copy, spec, copying);
}

/** In place: what is copied says the same as what it covers, so that the disk is whole whoever dies. */
async function flatten(copy: CopyDisk, { images, signal, onProgress }: Copying): Promise<void> {
  const disk = sourceOf(copy);
  const { layers } = await readySource(disk, images, signal);
  if (layers.length > 1) await flattenImage({ path: diskPath(disk), signal, onProgress });
}

async function copyFile(copy: CopyDisk, spec: CopySpec, copying: Copying): Promise<void> {
  const { images, signal } = copying;
  const to = diskAt(copy, copy.to);
  if ((await observeDisk(to, images, signal)).state === 'ready') return;
  await clearPartial(to);
  if (copy.mode === 'linked') await overlay(copy, spec, copying);
  else await fullCopy(copy, spec, copying);
  await commitPartial(to);
}

async function overlay(copy: CopyDisk, spec: CopySpec, copying: Copying): Promise<void> {
  const base = await baseLayer(copy, spec, copying);
  const { virtualSize } = await trustedChain(sourceOf(copy), base, copying.images, copying.signal);
  await createOverlay(partialPath(diskAt(copy, copy.to)), base, virtualSize, copying.signal);
}

async function fullCopy(copy: CopyDisk, spec: CopySpec, copying: Copying): Promise<void> {
  const to = diskAt(copy, copy.to);
  if (copy.from.type === 'remote') {
    await pullDisk(copy.name, copy.from, { path: partialPath(to), type: 'file' }, copying);
    return;
  }
  const from = sourceOf(copy);
  const path = sourceFile(local(copy), spec);
  const { layers, actualSize } = await trustedChain(from, path, copying.images, copying.signal);
  // Of a chain only the top's own share is known; it takes more than that for certain.
  if (layers.length === 1) await checkFreeSpace(to, { actualSize });
  await convertImage({ from: path, fromFormat: diskFormat(from), to: partialPath(to), ...copying });
}

/** What the source holds is frozen, unless it holds nothing beyond a layer that is frozen already, and is to stay. */
async function baseLayer(copy: CopyDisk, spec: CopySpec, { images, signal }: Copying): Promise<string> {
  const source = local(copy);
  if (spec.isFrozen) return sourceFile(source, spec);
  const from = sourceOf(copy);
  const { layers, virtualSize } = await readySource(from, images, signal);
  const below = layers[1]?.file;
  const directory = sourceDirectory(source);
  const isKept = below !== undefined && (await isKeptLayer(directory, below));
  if (isKept && (await isEmptyOverlay(diskPath(from), signal))) return below;
  return freezeDisk({ directory, id: spec.id, virtualSize, signal });
}

async function readySource(disk: MachineDisk, images: string, signal: AbortSignal): Promise<ReadyDisk> {
  const found = await observeDisk(disk, images, signal);
  if (found.state === 'ready') return found;
  const message = `Disk ${disk.name}: the source has not been made yet; start the VM once, then clone it.`;
  throw new ProblemError({ reason: 'SourceEmpty', message, disk: disk.name });
}

async function copyBlock(copy: CopyDisk, copying: Copying): Promise<void> {
  const to: PullTarget = { path: diskPath(diskAt(copy, copy.to)), type: 'device' };
  if (copy.from.type === 'remote') await pullDisk(copy.name, copy.from, to, copying);
  else await copyToDevice({ from: diskPath(sourceOf(copy)), fromFormat: 'raw', to: to.path, ...copying });
}

const sourceOf = (copy: CopyDisk): MachineDisk => diskAt(copy, local(copy).from);

/** An overlay needs what it stands on in its own pod. */
function local({ name, from }: CopyDisk): SourceDisk {
  if (from.type !== 'remote') return { name, from };
  const message = `Disk ${name}: what another namespace serves can be copied in full only.`;
  throw new ProblemError({ reason: 'NotSupported', message, disk: name });
}

function diskAt({ name }: CopyDisk, volume: CopyDisk['to']): MachineDisk {
  return existingDisk(name, volume);
}
