import { readFile, stat } from 'node:fs/promises';
import { hasCode } from '../../files/errno.ts';
import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { writeFileAtomically } from '../../files/write-file-atomically.ts';
import { openForWriting, writeToReader } from './fifo.ts';

/** The qemu container, seen through the runtime directory: it has its own process namespace. */
export type QemuProcess = 'absent' | 'alive' | 'gone';

/**
 * The wrapper, and QEMU after it, hold the FIFO open for reading and writing for as long as they live. Opening
 * it for writing without waiting therefore tells, at once and with no trust in time, whether they do.
 */
export async function qemuProcess(files: RuntimeFiles): Promise<QemuProcess> {
  try {
    const fifo = await openForWriting(files.fifo);
    await fifo.close();
    return 'alive';
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'absent';
    if (hasCode(error, 'ENXIO')) return 'gone';
    throw error;
  }
}

/** Whether the argument vector has been handed over; it never is a second time in a pod's life. */
export async function isLaunched(files: RuntimeFiles): Promise<boolean> {
  return stat(files.argv).then(
    () => true,
    () => false,
  );
}

/** Argument vectors, each with its program's name first. An empty one of QEMU's makes the wrapper exit with 0. */
export interface Programs {
  readonly qemu: readonly string[];
  readonly tpm?: readonly string[];
}

/** Hands the argument vectors to the wrapper and wakes it. QEMU's comes last: it is the sign to begin. */
export async function handOver(files: RuntimeFiles, { qemu, tpm }: Programs): Promise<void> {
  if (!(await isLaunched(files))) {
    if (tpm) await writeFileAtomically(files.tpmArgv, terminated(tpm));
    await writeFileAtomically(files.argv, terminated(qemu));
  }
  // A launcher that died before this leaves the wrapper its time-out; no harm in waking it twice, nor before it waits.
  await writeToReader(files.fifo, '\n');
}

const terminated = (argv: readonly string[]): string => argv.map((argument) => `${argument}\0`).join('');

/** Whether QEMU was told not to start at all. */
export async function isDeclined(files: RuntimeFiles): Promise<boolean> {
  return (await readFile(files.argv)).length === 0;
}

/** QEMU's start: it makes this socket as it comes up and nothing touches it afterwards. */
export async function qemuStartTime(files: RuntimeFiles): Promise<Date | undefined> {
  return stat(files.qmp).then(
    ({ mtime }) => mtime,
    () => undefined,
  );
}
