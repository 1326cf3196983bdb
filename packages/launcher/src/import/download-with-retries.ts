import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '../problem.ts';
import { download, type DownloadOptions } from './download.ts';
import type { PartialDownload } from './partial-download.ts';

export interface RetryOptions {
  /** Failures in a row, without a byte gained in between, before giving up. */
  readonly attempts: number;
  /** Milliseconds; doubles up to `longestDelay`. */
  readonly firstDelay: number;
  readonly longestDelay: number;
}

/** Downloads to the end. A connection that breaks is taken up where it broke, as long as it leads on. */
export async function downloadWithRetries(
  partial: PartialDownload,
  options: DownloadOptions,
  retries: RetryOptions,
): Promise<void> {
  let failures = 0;
  for (;;) {
    const before = partial.size;
    try {
      await download(partial, options);
      return;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      failures = partial.size > before ? 1 : failures + 1;
      if (failures >= retries.attempts) throw error;
      const wait = Math.min(retries.firstDelay * 2 ** (failures - 1), retries.longestDelay);
      await delay(wait, undefined, { signal: options.signal });
    }
  }
}
