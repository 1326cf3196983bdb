import { stat } from 'node:fs/promises';
import { hasCode } from './errno.ts';

/** Whether there is anything at the path; rejects when that cannot be told. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
