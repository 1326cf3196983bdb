import { TimeoutError } from './errors.ts';

/** Bounds of a call. `timeout` in milliseconds. */
export interface WaitOptions {
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LONGEST_TIMER = 2 ** 31 - 1;

/** Starts something and waits for it; `begin` returns what undoes it, which runs however the wait ends. */
export async function wait<T>(
  what: string,
  { timeout = Infinity, signal }: WaitOptions,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => {
    reject(signal?.reason);
  };
  const onTimeout = (): void => {
    reject(new TimeoutError(what, timeout));
  };
  // setTimeout fires at once for what it cannot hold, Infinity among it.
  const timer = timeout <= LONGEST_TIMER ? setTimeout(onTimeout, timeout) : undefined;
  signal?.addEventListener('abort', onAbort);
  let end: (() => void) | undefined;
  try {
    end = begin(resolve, reject);
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    end?.();
  }
}
