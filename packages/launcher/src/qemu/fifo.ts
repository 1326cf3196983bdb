import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasCode } from '../errno.ts';

/** Writes to a FIFO that somebody reads, without waiting. False where there is no FIFO, or nobody reads it. */
export async function writeToReader(path: string, text: string): Promise<boolean> {
  try {
    const fifo = await openForWriting(path);
    await fifo.write(text);
    await fifo.close();
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENXIO')) return false;
    throw error;
  }
}

/** Fails with ENXIO where nobody reads. */
export const openForWriting = (path: string) => open(path, constants.O_WRONLY | constants.O_NONBLOCK);
