import { DeadlineError, withDeadline } from './deadline.ts';
import type { WorkQueue } from './work-queue.ts';

/** Trying again would not help until the object changes: the key is not retried. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

export interface Result {
  /** Milliseconds. */
  readonly requeueAfter?: number | undefined;
}

export type Outcome = 'success' | 'requeue-after' | 'error' | 'terminal-error' | 'aborted';

export interface ControllerMetrics {
  reconciled?(controller: string, outcome: Outcome, milliseconds: number): void;
}

export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly concurrency: number;
  /** Brings one object to what it should be. Must heed the signal, which aborts on time-out and shutdown. */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- most have nothing to ask for
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Result | void>;
  readonly onError: (error: unknown, key: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds for one reconcile; a minute by default. */
  readonly timeout?: number;
  readonly metrics?: ControllerMetrics;
}

const DEFAULT_TIMEOUT = 60_000;

/** How long a reconcile may take to heed its aborted signal before it counts as stuck. */
const GRACE = 1_000;

/** Works on the queue's keys until the signal aborts; then shuts it down and awaits what is under way. */
export async function runController(options: ControllerOptions): Promise<void> {
  const workers = Array.from({ length: options.concurrency }, () => work(options));
  await Promise.all(workers);
  options.queue.shutDown();
}

async function work(options: ControllerOptions): Promise<void> {
  for (;;) {
    const key = await options.queue.get(options.signal);
    if (key === undefined) return;
    await workOn(key, options);
  }
}

/**
 * Resolves when the worker is free: at the latest soon after the time-out. A reconcile that does not heed its
 * signal keeps its key until it settles, so that no second one runs beside it, but not the worker.
 */
async function workOn(key: string, options: ControllerOptions): Promise<void> {
  const free: PromiseWithResolvers<void> = Promise.withResolvers();
  const timeout = options.timeout ?? DEFAULT_TIMEOUT;
  const stuck = setTimeout(() => {
    options.onError(new DeadlineError(timeout), key);
    free.resolve();
  }, timeout + GRACE);
  void attempt(key, timeout, options).finally(() => {
    clearTimeout(stuck);
    options.queue.done(key);
    free.resolve();
  });
  await free.promise;
}

async function attempt(key: string, timeout: number, options: ControllerOptions): Promise<void> {
  const started = performance.now();
  const outcome = await outcomeOf(key, timeout, options);
  options.metrics?.reconciled?.(options.name, outcome, performance.now() - started);
}

async function outcomeOf(key: string, timeout: number, options: ControllerOptions): Promise<Outcome> {
  const { queue, signal, reconcile, onError } = options;
  try {
    const result = await withDeadline(signal, timeout, (bounded) => reconcile(key, bounded));
    queue.forget(key);
    if (!result || result.requeueAfter === undefined) return 'success';
    queue.addAfter(key, result.requeueAfter);
    return 'requeue-after';
  } catch (error) {
    if (signal.aborted) return 'aborted';
    onError(error, key);
    if (error instanceof TerminalError) {
      queue.forget(key);
      return 'terminal-error';
    }
    queue.addRateLimited(key);
    return 'error';
  }
}
