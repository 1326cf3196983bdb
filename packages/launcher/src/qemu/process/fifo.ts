import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasCode } from '../../files/errno.ts';

/** No FIFO, nobody who reads it, and nobody any more by the time of the write. */
const NOBODY = ['ENOENT', 'ENXIO', 'EPIPE'];

/** Writes to a FIFO that somebody reads, without waiting. False where nobody does. */
export async function writeToReader(path: string, text: string): Promise<boolean> {
  try {
    await using fifo = await openForWriting(path);
    await fifo.write(text);
    return true;
  } catch (error) {
    if (NOBODY.some((code) => hasCode(error, code))) return false;
    throw error;
  }
}

/** Fails with ENXIO where nobody reads. */
export const openForWriting = (path: string) => open(path, constants.O_WRONLY | constants.O_NONBLOCK);
