import { readFile } from 'node:fs/promises';
import { watched } from './watched.ts';

/** Waits for `pattern` in a file that grows; rejects with the file's end when the signal aborts. */
export async function waitForLine(
  path: string,
  pattern: RegExp,
  signal: AbortSignal,
): Promise<RegExpMatchArray> {
  try {
    return await watched(path, async () => pattern.exec(await readFile(path, 'utf8')) ?? undefined, signal);
  } catch (error) {
    const end = (await readFile(path, 'utf8')).slice(-2000);
    throw new Error(`no ${String(pattern)} in ${path}; its end:\n${end}`, { cause: error });
  }
}
