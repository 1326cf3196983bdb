import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasCode } from '../../files/errno.ts';

/** Whether a file can be read and written past the page cache; some file systems refuse it. */
export async function takesDirectIo(path: string, isMade: 'there' | 'made' = 'there'): Promise<boolean> {
  const access = isMade === 'made' ? constants.O_RDWR | constants.O_CREAT : constants.O_RDONLY;
  try {
    const file = await open(path, access | constants.O_DIRECT);
    await file.close();
    return true;
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return false;
    throw error;
  }
}
