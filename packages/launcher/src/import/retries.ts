import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '../problem.ts';

export interface RetryOptions {
  /** Failures in a row, without anything gained in between, before giving up. */
  readonly attempts: number;
  /** Milliseconds; doubles up to `longestDelay`. */
  readonly firstDelay: number;
  readonly longestDelay: number;
}

export interface Retried {
  readonly retries: RetryOptions;
  readonly signal: AbortSignal;
  /** How far the work has come; as long as that grows, failures do not add up. */
  readonly gained?: () => number;
}

/** Tries until it works, or throws what is permanent, or the last of too many temporary failures. */
export async function withRetries<T>(attempt: () => Promise<T>, options: Retried): Promise<T> {
  const { retries, signal, gained = () => 0 } = options;
  let failures = 0;
  for (;;) {
    const before = gained();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      failures = gained() > before ? 1 : failures + 1;
      if (failures >= retries.attempts) throw error;
      const wait = Math.min(retries.firstDelay * 2 ** (failures - 1), retries.longestDelay);
      await delay(wait, undefined, { signal });
    }
  }
}
