import { on } from 'node:events';
import { watch } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { hasCode } from '../../files/errno.ts';
import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { writeToReader } from '../process/fifo.ts';

/** Milliseconds. An answer takes some twenty; it is not worth more that the guest is told of late. */
const PATIENCE = 1_000;
const KIB = 1024;

/** Bytes of the mappings that are the guest's. */
export interface GuestMemory {
  readonly memory: number;
  /** Of the memory device; 0 where there is none. */
  readonly room: number;
}

/**
 * Bytes of PSS that QEMU and its children take beside the guest's memory, as `memory-report` in QEMU's container says.
 * Undefined where nobody answers, as in a container of an older wrapper, or where the guest's memory is not found.
 */
export async function reportedMemory(
  files: RuntimeFiles,
  guest: GuestMemory,
  patience = PATIENCE,
): Promise<number | undefined> {
  await rm(files.memory, { force: true });
  const watcher = watch(files.directory);
  const changes = on(watcher, 'change', { signal: AbortSignal.timeout(patience) });
  try {
    if (!(await writeToReader(files.memoryFifo, question(guest)))) return undefined;
    for await (const _ of changes) {
      const text = await answer(files);
      if (text !== undefined) return /^\d+\n$/.test(text) ? Number(text) * KIB : undefined;
    }
    return undefined;
  } catch (error) {
    if (hasCode(error, 'ABORT_ERR')) return undefined;
    throw error;
  } finally {
    watcher.close();
  }
}

function question({ memory, room }: GuestMemory): string {
  return `${memory / KIB}${room > 0 ? ` ${room / KIB}` : ''}\n`;
}

async function answer({ memory }: RuntimeFiles): Promise<string | undefined> {
  try {
    return await readFile(memory, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Bytes of PSS of this process; undefined where the system does not say. */
export async function ownMemory(): Promise<number | undefined> {
  const rollup = await readFile('/proc/self/smaps_rollup', 'utf8').catch(() => '');
  const [, kibibytes] = /^Pss: +(\d+) kB$/m.exec(rollup) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * KIB;
}
