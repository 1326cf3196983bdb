import { CommandError } from 'qemu-monitor';
import { diskFailure } from './image-failure.ts';

/** A command about a disk; what QEMU says against it becomes the disk's problem. */
export async function refusable(disk: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof CommandError ? diskFailure(disk, error) : error;
  }
}

/** A command about what may not be there. */
export async function unlessRefused(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
}
