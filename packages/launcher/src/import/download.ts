import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Response } from 'undici';
import { downloadFailure, interrupted, noSpace, statusFailure } from './download-failure.ts';
import type { Send } from './http-client.ts';
import { IdleTimeout } from './idle-timeout.ts';
import type { PartialDownload } from './partial-download.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly send: Send;
  /** The URL holds the content's digest, so the server need not be asked whether it is still the same. */
  readonly immutable: boolean;
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
    const response = await request(partial, options, signal);
    const total = await prepare(partial, response, options);
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
    throw options.signal.aborted ? error : downloadFailure(error, options.url);
  } finally {
    idle.stop();
  }
}

/** The checksum is of the bytes as they are stored, so no server may encode them for the way. */
function request(
  partial: PartialDownload,
  { send, url }: DownloadOptions,
  signal: AbortSignal,
): Promise<Response> {
  const headers = { 'accept-encoding': 'identity', ...partial.rangeHeaders(url) };
  return send(url, { headers, signal, redirect: 'follow' });
}

/** Puts the file into the state to which the response's body is to be added; resolves with the whole's size. */
async function prepare(
  partial: PartialDownload,
  response: Response,
  { url, immutable }: DownloadOptions,
): Promise<number | undefined> {
  const range = contentRange(response);
  // A server that knows no If-Range gives the rest of whatever is there now.
  if (response.status === 206 && range?.start === partial.size && partial.isOf(validatorsOf(response))) {
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
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : Number(length);
  await partial.restart({ url, immutable, validator: validatorsOf(response)[0] });
  await checkFreeSpace(partial.path, total);
  return total;
}

function contentRange(response: Response): { start: number; total: number | undefined } | undefined {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (!found) return undefined;
  return { start: Number(found[1]), total: found[2] === '*' ? undefined : Number(found[2]) };
}

/** The better one first. A weak ETag does not promise the same bytes. */
function validatorsOf({ headers }: Response): string[] {
  const found = [headers.get('etag'), headers.get('last-modified')];
  return found.filter((validator) => validator !== null).filter((validator) => !/^(W\/|$)/.test(validator));
}

async function checkFreeSpace(path: string, total: number | undefined): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (total === undefined || bavail * bsize >= total) return;
  throw noSpace(`the download has ${total} bytes and its volume ${bavail * bsize} free`);
}
