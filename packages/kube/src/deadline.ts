/**
 * Runs `work` with a signal that aborts with `signal` or after `milliseconds`, whichever is first. Its
 * listener is gone when the work is done: `AbortSignal.any` on a process-long signal would pile them up.
 */
export async function withDeadline<T>(
  signal: AbortSignal | undefined,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const forward = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', forward, { once: true });
  const timer = setTimeout(() => {
    controller.abort(new DeadlineError(milliseconds));
  }, milliseconds);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', forward);
  }
}

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor(milliseconds: number) {
    super(`not done within ${milliseconds} ms`);
  }
}
