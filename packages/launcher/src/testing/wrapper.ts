import { setTimeout as delay } from 'node:timers/promises';
import { qemuProcess } from '../qemu/process/process.ts';
import type { RuntimeFiles } from '../pod/runtime-files.ts';
import { watched } from './watched.ts';

/** Resolves when the wrapper waits for QEMU's arguments: its FIFO has its name and somebody holds it. */
export async function wrapperWaits(files: RuntimeFiles): Promise<void> {
  const look = async (): Promise<true | undefined> =>
    (await qemuProcess(files)) === 'alive' ? true : undefined;
  await watched(files.directory, look, AbortSignal.timeout(120_000));
}

/** Resolves when nobody holds the FIFO: a child of the wrapper, which lets go of it first, may be slow to begin. */
export async function wrapperIsGone(files: RuntimeFiles): Promise<void> {
  const deadline = AbortSignal.timeout(120_000);
  while ((await qemuProcess(files)) !== 'gone') await delay(5, undefined, { signal: deadline });
}
