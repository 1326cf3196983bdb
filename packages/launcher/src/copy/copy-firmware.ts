import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CopySpec } from '@hypersdk/api/machine';
import { hasCode } from '../files/errno.ts';
import { TransientError } from '../problem.ts';
import { FIRMWARE_FILES } from '../qemu/firmware/firmware-state.ts';
import { commitFile } from '../files/write-file-atomically.ts';

/** Attempts at a copy while a guest writes its variables, which takes it milliseconds now and then. */
const ATTEMPTS = 20;

/** Each file as it is at one instant, also while the source runs. What is not there is left out. */
export async function copyFirmware(
  { from, to }: NonNullable<CopySpec['firmware']>,
  signal: AbortSignal,
): Promise<void> {
  for (const file of FIRMWARE_FILES) {
    const target = join(to, file);
    const partial = `${target}.partial`;
    await rm(partial, { force: true });
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      await copyAtOnce(join(from, file), partial, signal);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      throw error;
    }
    await commitFile(partial, target);
  }
}

/** UEFI writes its variables in place: a file that was written meanwhile is copied again. */
async function copyAtOnce(from: string, to: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    signal.throwIfAborted();
    const before = await stat(from, { bigint: true });
    await copyFile(from, to);
    const after = await stat(from, { bigint: true });
    if (before.mtimeNs === after.mtimeNs && before.ino === after.ino) return;
  }
  const message = `The guest writes what its firmware keeps (${from}) without an end; it is tried again.`;
  throw new TransientError({ reason: 'FirmwareBusy', message });
}
