import { execFileSync } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import type { RuntimeFiles } from '../pod/runtime-files.ts';

/** Holds the FIFO as QEMU does for as long as it lives: until the handle is closed. */
export async function pretendQemu({ fifo }: RuntimeFiles): Promise<FileHandle> {
  execFileSync('mkfifo', [fifo]);
  return open(fifo, 'r+');
}
