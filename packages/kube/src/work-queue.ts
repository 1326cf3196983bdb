import { backoffDelay, type Backoff } from './backoff.ts';

export interface WorkQueueOptions {
  /** Per key, for `addRateLimited`; 5 ms to 5 minutes by default. */
  readonly backoff?: Backoff;
  readonly metrics?: WorkQueueMetrics;
}

export interface WorkQueueMetrics {
  /** Keys ready to be worked on, after each change. */
  depth?(keys: number): void;
  /** Milliseconds that a key waited since it was ready. */
  waited?(milliseconds: number): void;
  /** Milliseconds that a key was worked on. */
  worked?(milliseconds: number): void;
  retried?(): void;
}

/** Node fires a timer at once when its delay does not fit; a key that comes back too early does no harm. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * Keys to be worked on, with client-go's semantics: a key that is added many times is handed out once; one
 * that is added while it is worked on is handed out again after `done`, and never to two at once.
 */
export class WorkQueue {
  readonly #backoff: Backoff;
  readonly #metrics: WorkQueueMetrics;
  /** Handed out in this order, with the time since when. */
  readonly #ready = new Map<string, number>();
  /** Being worked on since; `again` when added meanwhile. */
  readonly #processing = new Map<string, { readonly since: number; again: boolean }>();
  readonly #delayed = new Map<string, { readonly due: number; readonly timer: NodeJS.Timeout }>();
  readonly #failures = new Map<string, number>();
  readonly #waiting = new Set<(key: string | undefined) => void>();
  #isShutDown = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#backoff = options.backoff ?? { initial: 5, max: 300_000 };
    this.#metrics = options.metrics ?? {};
  }

  /** Keys ready to be worked on; those being worked on or delayed do not count. */
  get size(): number {
    return this.#ready.size;
  }

  /** Milliseconds for which the key that was handed out first of those not done yet has been worked on. */
  get longestWork(): number {
    const [first] = this.#processing.values();
    return first ? performance.now() - first.since : 0;
  }

  /** Milliseconds for which the key that is next has been ready. */
  get longestWait(): number {
    const [first] = this.#ready.values();
    return first === undefined ? 0 : performance.now() - first;
  }

  add(key: string): void {
    if (this.#isShutDown || this.#ready.has(key)) return;
    const current = this.#processing.get(key);
    if (current) {
      current.again = true;
      return;
    }
    this.#ready.set(key, performance.now());
    this.#metrics.depth?.(this.#ready.size);
    this.#handOut();
  }

  /** Adds the key in so many milliseconds. Of two such wishes for one key the earlier counts. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#isShutDown) return;
    const delay = Math.min(milliseconds, MAX_DELAY);
    const due = performance.now() + delay;
    const planned = this.#delayed.get(key);
    if (planned && planned.due <= due) return;
    clearTimeout(planned?.timer);
    const timer = setTimeout(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, delay);
    this.#delayed.set(key, { due, timer });
  }

  /** Adds the key after a time that doubles with each call, until `forget`. */
  addRateLimited(key: string): void {
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    this.#metrics.retried?.();
    this.addAfter(key, backoffDelay(this.#backoff, failures));
  }

  /** How many times in a row the key was added rate limited. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key's back-off starts anew. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, for whoever then calls `done`; undefined once the signal aborts or the queue shuts down. */
  async get(signal?: AbortSignal): Promise<string | undefined> {
    if (this.#isShutDown || signal?.aborted) return undefined;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const leave = (): void => {
      if (this.#waiting.delete(resolve)) resolve(undefined);
    };
    signal?.addEventListener('abort', leave, { once: true });
    this.#waiting.add(resolve);
    this.#handOut();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  done(key: string): void {
    const finished = this.#processing.get(key);
    if (!finished) return;
    this.#processing.delete(key);
    this.#metrics.worked?.(performance.now() - finished.since);
    if (finished.again) this.add(key);
  }

  /** Drops what waits and takes no more. */
  shutDown(): void {
    this.#isShutDown = true;
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    this.#ready.clear();
    for (const resolve of this.#waiting) resolve(undefined);
    this.#waiting.clear();
  }

  #handOut(): void {
    for (const [key, since] of this.#ready) {
      const [resolve] = this.#waiting;
      if (!resolve) return;
      this.#waiting.delete(resolve);
      this.#ready.delete(key);
      const now = performance.now();
      this.#processing.set(key, { since: now, again: false });
      this.#metrics.depth?.(this.#ready.size);
      this.#metrics.waited?.(now - since);
      resolve(key);
    }
  }
}
