/** A disk is made under another name and renamed when it is whole. */
import { rm } from 'node:fs/promises';
import type { MachineDisk } from '@hypersdk/api/machine';
import { commitFile } from '../../files/write-file-atomically.ts';
import { diskPath, partialPath } from './disk.ts';

/** Clears away what an attempt that died has left. */
export async function clearPartial(disk: MachineDisk): Promise<void> {
  await rm(partialPath(disk), { force: true });
}

export async function commitPartial(disk: MachineDisk): Promise<void> {
  await commitFile(partialPath(disk), diskPath(disk));
}
