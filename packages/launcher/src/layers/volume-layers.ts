import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DISK_FILE, layerFile } from '@hypersdk/api/machine';
import { exists } from '../files/exists.ts';
import { type Backing, imageChain, imageInfo } from '../qemu/disks/disk-image.ts';
import { writeFileDurably } from '../files/write-file-atomically.ts';

/** One qcow2 file in the volume of a disk. Sizes in bytes. */
export interface VolumeLayer {
  /** Its name in the volume. */
  readonly file: string;
  /** Undefined for the active one. */
  readonly id: string | undefined;
  readonly backing: Backing | undefined;
  /** The file of the same volume that it stands on. */
  readonly below: string | undefined;
  readonly actualSize: number;
  /** Nobody needs what it held for its own sake. */
  readonly isDropped: boolean;
}

const LAYER = /^layer-([a-z0-9-]+)\.qcow2$/;
const MARK = /^layer-([a-z0-9-]+)\.dropped$/;
/** Each is a process in a container whose memory is bounded. */
const AT_ONCE = 8;
const mark = (id: string): string => `layer-${id}.dropped`;

/** All layers of a volume, read from the files themselves, whether or not a QEMU has them open. */
export async function volumeLayers(directory: string, signal: AbortSignal): Promise<VolumeLayer[]> {
  const names = await readdir(directory);
  const files = names.filter((name) => name === DISK_FILE || LAYER.test(name)).sort();
  const read = async (file: string): Promise<VolumeLayer> => {
    const { backing, actualSize } = await imageInfo(join(directory, file), {
      ...{ format: 'qcow2', isOpen: true, signal },
    });
    const id = LAYER.exec(file)?.[1];
    const isDropped = id !== undefined && names.includes(mark(id));
    return { file, id, backing, below: inVolume(directory, backing), actualSize, isDropped };
  };
  const layers: VolumeLayer[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    layers.push(...(await Promise.all(files.slice(at, at + AT_ONCE).map(read))));
  }
  return layers;
}

/** Ids of the layers of the volume that one stands on, the nearest first. */
export async function idsBelow(directory: string, id: string, signal: AbortSignal): Promise<string[]> {
  const [, ...below] = await imageChain(join(directory, layerFile(id)), 'qcow2', signal, true);
  return below
    .filter(({ file }) => dirname(resolve(file)) === resolve(directory))
    .flatMap(({ file }) => LAYER.exec(basename(file))?.[1] ?? []);
}

/**
 * Puts down in the volume that a layer is not needed for its own sake. From then on it may be changed or go; until then
 * nobody touches it.
 */
export async function markDropped(directory: string, id: string): Promise<void> {
  if (!(await exists(join(directory, layerFile(id))))) return;
  await writeFileDurably(join(directory, mark(id)), '');
}

/** Whether it is a layer of the volume, and one that somebody needs for its own sake. */
export async function isKeptLayer(directory: string, path: string): Promise<boolean> {
  const id = dirname(resolve(path)) === resolve(directory) ? LAYER.exec(basename(path))?.[1] : undefined;
  return id !== undefined && !(await exists(join(directory, mark(id))));
}

/** A layer that is there is whole, whatever has been begun about it. */
export async function holdAgain(directory: string, id: string): Promise<void> {
  if (await exists(join(directory, layerFile(id)))) await rm(join(directory, mark(id)), { force: true });
}

/** The file first: a mark without its file says nothing. */
export async function removeLayer(directory: string, id: string): Promise<void> {
  await rm(join(directory, layerFile(id)), { force: true });
  await rm(join(directory, mark(id)), { force: true });
}

/** What a crash between the two has left. */
export async function removeStrayMarks(directory: string): Promise<void> {
  const names = await readdir(directory);
  const ids = names.flatMap((name) => MARK.exec(name)?.[1] ?? []);
  for (const id of ids) if (!names.includes(layerFile(id))) await removeLayer(directory, id);
}

function inVolume(directory: string, backing: Backing | undefined): string | undefined {
  if (!backing) return undefined;
  const path = resolve(directory, backing.name);
  return dirname(path) === resolve(directory) ? basename(path) : undefined;
}
