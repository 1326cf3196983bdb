import { watch } from 'node:fs/promises';
import { qemuProcess } from '../qemu/process.ts';
import type { RuntimeFiles } from '../runtime-files.ts';

/** Resolves when the wrapper waits for QEMU's arguments: its FIFO has its name and somebody holds it. */
export async function wrapperWaits(files: RuntimeFiles): Promise<void> {
  const changes = watch(files.directory, { signal: AbortSignal.timeout(120_000) })[Symbol.asyncIterator]();
  while ((await qemuProcess(files)) !== 'alive') await changes.next();
  await changes.return?.();
}
