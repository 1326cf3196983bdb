import { watch } from 'node:fs/promises';

/** Resolves with what is found, looked for at first and at each change of the path; rejects when the signal aborts. */
export async function watched<T>(
  path: string,
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T> {
  const enough = new AbortController();
  const give = (): void => {
    enough.abort(signal.reason);
  };
  signal.addEventListener('abort', give);
  const changes = watch(path, { signal: enough.signal })[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Before the look: Node begins to watch when it is asked for the first change.
      const change = changes.next();
      change.catch(() => undefined);
      const found = await look();
      if (found !== undefined) return found;
      await change;
    }
  } finally {
    signal.removeEventListener('abort', give);
    enough.abort();
  }
}
