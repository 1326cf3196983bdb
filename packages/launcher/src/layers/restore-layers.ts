import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { layerFile, type MachineDisk, RESTORE_UNFINISHED } from '@hypersdk/api/machine';
import { exists } from '../files/exists.ts';
import { messageOf, ProblemError, TransientError } from '../problem.ts';
import { diskPath, trustedChain } from '../qemu/disks/disk.ts';
import { createOverlayUnopened } from '../qemu/disks/disk-image.ts';
import {
  forgetMemory,
  linkMemory,
  memoryDirectories,
  type MemoryFiles,
  memoryFiles,
  RESUME,
  snapshotMemory,
} from '../qemu/migration/memory-files.ts';
import { syncPath } from '../files/write-file-atomically.ts';

export interface Restoring {
  readonly id: string;
  readonly memory?: 'Required' | 'IfSaved' | undefined;
  /** Where golden images and the volumes that disks stand on are mounted. */
  readonly images: string;
  readonly signal: AbortSignal;
}

/**
 * Lets all disks hold what their layers of this id hold. Everything that can fail is done beside the disks, for all of
 * them; then each gets its new file by one rename. Repeated after a crash it does all of it again.
 */
export async function restoreLayers(disks: readonly MachineDisk[], restoring: Restoring): Promise<void> {
  try {
    for (const disk of disks) await prepare(disk, restoring);
    if (restoring.memory === 'Required' && !(await memoryOf(disks, restoring.id))) throw noMemory;
  } catch (error) {
    for (const disk of disks) await rm(nextPath(disk), { force: true });
    throw error;
  }
  try {
    await switchTo(disks, restoring);
  } catch (error) {
    const message = `The disks are on their way to what they are to hold, and the next attempt goes on: ${messageOf(error)}`;
    throw new TransientError({ reason: RESTORE_UNFINISHED, message }, { cause: error });
  }
}

async function switchTo(disks: readonly MachineDisk[], restoring: Restoring): Promise<void> {
  // It was of what the disks hold until now.
  await forgetMemory(disks);
  for (const disk of disks) await rename(nextPath(disk), diskPath(disk));
  for (const disk of disks) await syncPath(dirname(diskPath(disk)));
  if (restoring.memory) await goOnFrom(disks, restoring.id);
}

/** Where memory was saved with layers of this id, the next start goes on from it. */
export async function goOnFrom(disks: readonly MachineDisk[], id: string): Promise<void> {
  const memory = await memoryOf(disks, id);
  if (memory) await linkMemory(memory, memoryFiles(memory.directory, RESUME));
}

/** The memory that was saved with layers of this id. */
async function memoryOf(disks: readonly MachineDisk[], id: string): Promise<MemoryFiles | undefined> {
  for (const directory of memoryDirectories(disks)) {
    const files = snapshotMemory(directory, id);
    if (await exists(files.state)) return files;
  }
  return undefined;
}

async function prepare(disk: MachineDisk, { id, images, signal }: Restoring): Promise<void> {
  const layer = join(dirname(diskPath(disk)), layerFile(id));
  if (!(await exists(layer))) {
    const message = `Disk ${disk.name}: its volume holds no layer ${layerFile(id)}; nothing was changed.`;
    throw new ProblemError({ reason: 'SnapshotMissing', message, disk: disk.name });
  }
  const { virtualSize } = await trustedChain(disk, layer, images, signal);
  await rm(nextPath(disk), { force: true });
  await createOverlayUnopened(nextPath(disk), layerFile(id), virtualSize, signal);
  await syncPath(nextPath(disk));
}

const noMemory = new ProblemError({
  reason: 'SnapshotMissing',
  message: 'The volumes of the disks hold no memory of the snapshot; nothing was changed.',
});

const nextPath = (disk: MachineDisk): string => `${diskPath(disk)}.next`;
