import { readFile, watch } from 'node:fs/promises';

/** Waits for `pattern` in a file that grows; rejects with the file's end when the signal aborts. */
export async function waitForLine(
  path: string,
  pattern: RegExp,
  signal: AbortSignal,
): Promise<RegExpMatchArray> {
  const changes = watch(path, { signal })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const found = pattern.exec(await readFile(path, 'utf8'));
      if (found) return found;
      await changes.next();
    }
  } catch (error) {
    const end = (await readFile(path, 'utf8')).slice(-2000);
    throw new Error(`no ${String(pattern)} in ${path}; its end:\n${end}`, { cause: error });
  } finally {
    await changes.return?.();
  }
}
