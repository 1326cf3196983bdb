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
import { dropLayers } from './drop-layers.ts';
import { foldFiles } from './fold-files.ts';
import { idsBelow } from './volume-layers.ts';
import { restoreLayers } from './restore-layers.ts';

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
      try {
        if (work.keepAs !== undefined) await keep(disks, work.keepAs, keeping);
        await restoreLayers(disks, { ...keeping, id: work.id, memory: work.memory });
        await each(disks, keeping, (disk) => drop(disk, work.drop ?? [], keeping));
        return undefined;
      } catch (error) {
        const { keepAs } = work;
        if (keepAs !== undefined) await each(disks, keeping, (disk) => drop(disk, [keepAs], keeping));
        throw failure(disks[0]?.name ?? '', error, keeping);
      }
    case 'drop':
      await each(disks, keeping, (disk) => drop(disk, work.ids, keeping));
      return undefined;
  }
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
  const layers = disks.map((disk) => join(dirname(diskPath(disk)), layerFile(id)));
  const isKept = (await Promise.all(layers.map(exists))).some(Boolean);
  if (!isKept) await keepMemory(disks, id);
  await each(disks, keeping, (disk) => freeze(disk, id, keeping));
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
