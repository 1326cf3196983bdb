import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../errno.ts';
import { messageOf, ProblemError, TransientError } from '../problem.ts';
import type { PartialDownload } from './partial-download.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  /** Bytes so far, and of the whole where the server tells. */
  readonly onProgress: (downloaded: number, total: number | undefined) => void;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly idleTimeout: number;
}

/** One try to get the rest of the file. Throws ProblemError, or TransientError when another try may do. */
export async function download(partial: PartialDownload, options: DownloadOptions): Promise<void> {
  const idle = new IdleTimeout(options.idleTimeout);
  const signal = AbortSignal.any([options.signal, idle.signal]);
  try {
    const response = await request(partial, options.url, signal);
    const total = await prepare(partial, response, options.url);
    if (!response.body || partial.size === total) return;
    options.onProgress(partial.size, total);
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      idle.touch();
      await partial.append(chunk);
      options.onProgress(partial.size, total);
    }
    if (total !== undefined && partial.size < total)
      throw interrupted(`it ended after ${partial.size} of ${total} bytes`);
  } catch (error) {
    throw options.signal.aborted ? error : downloadFailure(error);
  } finally {
    idle.stop();
  }
}

async function request(partial: PartialDownload, url: string, signal: AbortSignal): Promise<Response> {
  const validator = partial.validatorFor(url);
  const headers = {
    // The checksum is of the bytes as they are stored.
    'accept-encoding': 'identity',
    ...(validator && { range: `bytes=${partial.size}-`, 'if-range': validator }),
  };
  return fetch(url, { headers, signal, redirect: 'follow' });
}

/** Puts the file into the state to which the response's body is to be added; resolves with the whole's size. */
async function prepare(
  partial: PartialDownload,
  response: Response,
  url: string,
): Promise<number | undefined> {
  const range = contentRange(response);
  if (response.status === 206 && range?.start === partial.size) {
    partial.markResumed();
    return range.total;
  }
  // Nothing after what we have: it was complete, or it is another file by now.
  if (response.status === 416 && range?.total === partial.size) return range.total;
  if (response.status === 416 || response.status === 206) {
    await partial.restart({ url });
    throw interrupted('the server does not have the rest of what was downloaded');
  }
  if (response.status !== 200) throw statusFailure(response);
  const validator = validatorOf(response);
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : Number(length);
  await partial.restart({ url, validator });
  await checkFreeSpace(partial.path, total);
  return total;
}

function contentRange(response: Response): { start: number; total: number | undefined } | undefined {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (!found) return undefined;
  return { start: Number(found[1]), total: found[2] === '*' ? undefined : Number(found[2]) };
}

/** A weak ETag does not promise the same bytes. */
function validatorOf({ headers }: Response): string | undefined {
  const etag = headers.get('etag');
  return etag && !etag.startsWith('W/') ? etag : (headers.get('last-modified') ?? undefined);
}

async function checkFreeSpace(path: string, total: number | undefined): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (total === undefined || bavail * bsize >= total) return;
  throw noSpace(`the image has ${total} bytes and its volume ${bavail * bsize} free`);
}

const TRY_AGAIN = new Set([408, 425, 429]);

function statusFailure({ status, statusText, url }: Response): Error {
  const message = `The server answered ${status} ${statusText} for ${url}; check the URL and who may read it.`;
  const problem = { reason: 'DownloadFailed', message };
  return status >= 500 || TRY_AGAIN.has(status) ? new TransientError(problem) : new ProblemError(problem);
}

function downloadFailure(error: unknown): Error {
  if (error instanceof ProblemError || error instanceof TransientError) return error;
  if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) return noSpace('the volume is full', error);
  // fetch says "fetch failed" and keeps what happened in its cause.
  const cause =
    error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
  return interrupted(cause, error);
}

const interrupted = (what: string, cause?: unknown): TransientError =>
  new TransientError(
    { reason: 'DownloadFailed', message: `The download was interrupted: ${what}.` },
    { cause },
  );

export const noSpace = (what: string, cause?: unknown): ProblemError =>
  new ProblemError(
    { reason: 'NoSpace', message: `Not enough room: ${what}; give the image a larger size.` },
    { cause },
  );

/** Aborts its signal when it has not been touched for a while. */
class IdleTimeout {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`no data for ${milliseconds / 1000} s`));
    }, milliseconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
