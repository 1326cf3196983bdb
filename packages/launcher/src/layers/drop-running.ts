import { dirname } from 'node:path';
import type { MachineDisk } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import { diskPath } from '../qemu/disks/disk.ts';
import { dropLayers } from './drop-layers.ts';
import { finishFolds } from './fold-job.ts';
import { foldRunning } from './fold-running.ts';

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
      fold: (fold) => foldRunning(folded, fold),
    });
  }
}
