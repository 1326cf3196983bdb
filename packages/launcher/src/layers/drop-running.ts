import { dirname } from 'node:path';
import type { MachineDisk } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import { diskPath } from '../qemu/disks/disk.ts';
import { dropLayers } from './drop-layers.ts';
import { isInUse } from '../qemu/disks/image-failure.ts';
import { finishFolds, type FoldedDisk } from './fold-job.ts';
import { foldRunning } from './fold-running.ts';
import type { Fold } from './next-fold.ts';

export interface RunningDrop {
  /** All that the running QEMU may have. */
  readonly disks: readonly MachineDisk[];
  readonly ids: readonly string[];
  readonly isShared: boolean;
  readonly signal: AbortSignal;
}

/** Drops layers of a machine whose guest runs on meanwhile. Repeated after a crash it does what is left to do. */
export async function dropRunning(client: QmpClient, running: RunningDrop): Promise<void> {
  const { disks, ids, isShared, signal } = running;
  for (const disk of disks) {
    if (disk.device !== 'disk' || disk.volume.type !== 'filesystem') continue;
    const folded = { client, disk, signal };
    await finishFolds(folded);
    await dropLayers({
      ...{ directory: dirname(diskPath(disk)), ids, isShared, signal },
      fold: (fold) => foldUnlessInUse(folded, fold),
    });
  }
}

/** A layer that a clone stands on, or that is being copied, is not written to: it is on record, and a later fold takes it. */
async function foldUnlessInUse(folded: FoldedDisk, fold: Fold): Promise<boolean> {
  try {
    return await foldRunning(folded, fold);
  } catch (error) {
    if (isInUse(error)) return false;
    throw error;
  }
}
