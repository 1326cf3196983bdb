import { basename, dirname, join } from 'node:path';
import {
  type FrozenDisk,
  layerFile,
  type LayersSpec,
  type LayersState,
  type LayerWork,
  type MachineDisk,
} from '@hypersdk/api/machine';
import { exists } from '../files/exists.ts';
import { ProblemError } from '../problem.ts';
import { diskPath, existingDisk, observeDisk } from '../qemu/disks/disk.ts';
import { imageInfo } from '../qemu/disks/disk-image.ts';
import { freezeDisk, refuseAnotherLayer } from '../qemu/disks/freeze-disk.ts';
import { diskFailure } from '../qemu/disks/image-failure.ts';
import { keepMemory } from '../qemu/migration/memory-files.ts';
import { dropLayers, letGo } from './drop-layers.ts';
import { foldFiles } from './fold-files.ts';
import { holdAgain, idsBelow, isKeptLayer } from './volume-layers.ts';
import { goOnFrom, restoreLayers } from './restore-layers.ts';

export interface Keeping {
  /** Where golden images and the volumes that disks stand on are mounted. */
  readonly images: string;
  readonly signal: AbortSignal;
}

type Kept = Keeping & { readonly isShared: boolean };

/** Works on the layers of disks that nobody has open. Throws ProblemError or TransientError. */
export async function keepLayers(spec: LayersSpec, keeping: Keeping): Promise<LayersState> {
  const disks = spec.disks.map(({ name, directory }) =>
    existingDisk(name, { type: 'filesystem', directory }),
  );
  const frozen = await perform(spec.work, disks, { ...keeping, isShared: spec.sharedLayers ?? false });
  return { phase: 'Ready', ...(frozen && { frozen }) };
}

async function perform(
  work: LayerWork,
  disks: readonly MachineDisk[],
  keeping: Kept,
): Promise<FrozenDisk[] | undefined> {
  switch (work.type) {
    case 'freeze':
      return each(disks, keeping, (disk) => freeze(disk, work.id, keeping));
    case 'restore':
      await restore(work, disks, keeping);
      return undefined;
    case 'drop':
      await each(disks, keeping, (disk) => drop(disk, work.ids, keeping));
      return undefined;
  }
}

async function restore(
  work: Extract<LayerWork, { type: 'restore' }>,
  disks: readonly MachineDisk[],
  keeping: Kept,
): Promise<void> {
  const { keepAs } = work;
  try {
    if (keepAs !== undefined) await keep(disks, keepAs, keeping);
    await restoreLayers(disks, { ...keeping, id: work.id, memory: work.memory });
  } catch (error) {
    if (keepAs !== undefined) await forget(disks, keepAs, keeping);
    throw failure(disks[0]?.name ?? '', error, keeping);
  }
  await each(disks, keeping, (disk) => letGo(dirname(diskPath(disk)), work.drop ?? []));
  await foldWhatGoes(disks, keeping);
}

/** Of disks that are as they are to be: what cannot be folded now is on record, and whoever folds next takes it. */
async function foldWhatGoes(disks: readonly MachineDisk[], keeping: Kept): Promise<void> {
  for (const disk of disks) {
    try {
      await drop(disk, [], keeping);
    } catch {
      // A clone that stands on it runs, say.
    }
  }
}

/** Only where the disks hold what was kept: an attempt before this one may have died when the first of them had gone back. */
async function forget(disks: readonly MachineDisk[], id: string, keeping: Kept): Promise<void> {
  try {
    for (const disk of disks) if (!(await standsOn(disk, id, keeping))) return;
    // It may have been taken away just before the first disk was to go back.
    await goOnFrom(disks, id);
    for (const disk of disks) await letGo(dirname(diskPath(disk)), [id]);
  } catch {
    // Why they could not go back is what is told; a layer too many does no harm.
  }
  await foldWhatGoes(disks, keeping);
}

/** Or has not been frozen by this id yet. */
async function standsOn(disk: MachineDisk, id: string, { signal }: Keeping): Promise<boolean> {
  const directory = dirname(diskPath(disk));
  if (!(await exists(join(directory, layerFile(id))))) return true;
  const { backing } = await imageInfo(diskPath(disk), { format: 'qcow2', signal });
  return backing?.name === layerFile(id);
}

/** Of a disk that is frozen already, by an attempt that died, the layer is told again. */
async function freeze(disk: MachineDisk, id: string, { images, signal }: Keeping): Promise<FrozenDisk> {
  const found = await observeDisk(disk, images, signal);
  if (found.state === 'missing') {
    const message = `Disk ${disk.name} has not been made yet; start the VM once.`;
    throw new ProblemError({ reason: 'SourceEmpty', message, disk: disk.name });
  }
  const { virtualSize, layers } = found;
  const directory = dirname(diskPath(disk));
  if (!(await exists(join(directory, layerFile(id))))) refuseAnotherLayer(disk.name, layers.length);
  const layer = await freezeDisk({ directory, id, virtualSize, signal });
  const { actualSize } = await imageInfo(layer, { format: 'qcow2', signal });
  const below = await idsBelow(directory, id, signal);
  return { name: disk.name, file: basename(layer), virtualSize, actualSize, below };
}

/** What is there before a restore, for one that undoes it. Done once: then the disks hold something else. */
async function keep(disks: readonly MachineDisk[], id: string, keeping: Keeping): Promise<void> {
  const directories = disks.map((disk) => dirname(diskPath(disk)));
  const isKept = (await Promise.all(directories.map((directory) => isKeptIn(directory, id)))).some(Boolean);
  if (!isKept) await keepMemory(disks, id);
  // An attempt before this one may have let go of them, when it failed.
  for (const directory of directories) await holdAgain(directory, id);
  await each(disks, keeping, (disk) => freeze(disk, id, keeping));
}

async function isKeptIn(directory: string, id: string): Promise<boolean> {
  const layer = join(directory, layerFile(id));
  return (await exists(layer)) && isKeptLayer(directory, layer);
}

async function drop(disk: MachineDisk, ids: readonly string[], { isShared, signal }: Kept): Promise<void> {
  const directory = dirname(diskPath(disk));
  const fold = async (next: Parameters<typeof foldFiles>[1]): Promise<boolean> => {
    await foldFiles(directory, next, signal);
    return true;
  };
  await dropLayers({ directory, ids, isShared, signal, fold });
}

async function each<T>(
  disks: readonly MachineDisk[],
  keeping: Keeping,
  work: (disk: MachineDisk) => Promise<T>,
): Promise<T[]> {
  const done: T[] = [];
  for (const disk of disks) {
    try {
      done.push(await work(disk));
    } catch (error) {
      throw failure(disk.name, error, keeping);
    }
  }
  return done;
}

const failure = (disk: string, error: unknown, { signal }: Keeping): unknown =>
  signal.aborted ? error : diskFailure(disk, error);
