import { watch } from 'node:fs/promises';

/** Resolves with what is found, looked for at first and at each change of the path; rejects when the signal aborts. */
export async function watched<T>(
  path: string,
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T> {
  const enough = new AbortController();
  const until = AbortSignal.any([signal, enough.signal]);
  const changes = watch(path, { signal: until })[Symbol.asyncIterator]();
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
    enough.abort();
  }
}
