import { freeBytes } from '../qemu/disks/free-bytes.ts';
import { removeMemory, snapshotMemory } from '../qemu/migration/memory-files.ts';
import { type Fold, nextFold } from './next-fold.ts';
import { markDropped, removeStrayMarks, volumeLayers } from './volume-layers.ts';

export interface Dropping {
  readonly directory: string;
  readonly ids: readonly string[];
  /** Somebody else stands on layers of the volume: they are marked, and none is folded. */
  readonly isShared: boolean;
  readonly signal: AbortSignal;
  /** Resolves with false where it cannot be done now. */
  readonly fold: (fold: Fold) => Promise<boolean>;
}

/** Drops layers of one volume, and folds away what can be, also of those that were dropped before. */
export async function dropLayers(dropping: Dropping): Promise<void> {
  const { directory, ids, isShared } = dropping;
  await letGo(directory, ids);
  if (!isShared) await foldAway(dropping);
  await removeStrayMarks(directory);
}

/** From then on it is on record in the volume: whoever folds next takes them. */
export async function letGo(directory: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await markDropped(directory, id);
    await removeMemory(snapshotMemory(directory, id));
  }
}

async function foldAway({ directory, signal, fold }: Dropping): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const next = nextFold(await volumeLayers(directory, signal), await freeBytes(directory));
    if (!next || !(await fold(next))) return;
  }
}
