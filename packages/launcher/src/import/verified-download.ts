import { ProblemError } from '../problem.ts';
import { download } from './download.ts';
import type { Send } from './http-client.ts';
import { PartialDownload } from './partial-download.ts';
import { withRetries, type RetryOptions } from './retries.ts';

export interface RemoteFile {
  readonly url: string;
  readonly send: Send;
}

export interface Wanted extends RemoteFile {
  readonly immutable: boolean;
  readonly algorithm: string;
  /** In hexadecimal; whatever comes is right where absent. */
  readonly digest?: string | undefined;
}

export interface Downloading {
  readonly signal: AbortSignal;
  readonly retries: RetryOptions;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly idleTimeout: number;
  readonly onProgress: (downloaded: number, total: number | undefined) => void;
}

export interface Downloaded {
  readonly path: string;
  readonly size: number;
  /** `sha256:...` of the content. */
  readonly checksum: string;
}

/**
 * Downloads a file to `PartialDownload`'s place in the directory, going on with what an earlier importer left there.
 * Throws ProblemError, and TransientError when time may help.
 */
export async function verifiedDownload(
  directory: string,
  wanted: Wanted,
  options: Downloading,
): Promise<Downloaded> {
  const partial = await PartialDownload.open(directory, wanted.algorithm);
  try {
    return await untilVerified(partial, wanted, options);
  } finally {
    await partial.close();
  }
}

async function untilVerified(
  partial: PartialDownload,
  wanted: Wanted,
  options: Downloading,
): Promise<Downloaded> {
  const { retries, signal } = options;
  const gained = (): number => partial.size;
  await withRetries(() => download(partial, { ...options, ...wanted }), { retries, signal, gained });
  const { path, size, digest } = partial;
  const checksum = `${wanted.algorithm}:${digest}`;
  if (wanted.digest === undefined || digest === wanted.digest) return { path, size, checksum };
  const { resumed } = partial;
  await partial.restart({ url: wanted.url });
  // The beginning may have been spoilt while it lay here; the whole in one go leaves no such doubt.
  if (resumed) return untilVerified(partial, wanted, options);
  const message = `What ${wanted.url} gives has ${checksum} and not ${wanted.algorithm}:${wanted.digest}: correct the checksum or the source.`;
  throw new ProblemError({ reason: 'ChecksumMismatch', message });
}
