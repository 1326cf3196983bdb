import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { byteRange, type ByteRange } from './byte-range.ts';

/** Serves the files of one directory, without those below it, with ranges, so that downloads can resume. */
export function imageServer(directory: string): Server {
  return createServer((request, response) => {
    serve(directory, request, response).catch((error: unknown) => {
      // A client that went away half-way is none of our business.
      if (!response.headersSent) response.writeHead(500).end(String(error));
      response.destroy();
    });
  });
}

async function serve(directory: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405);
    return;
  }
  const { pathname } = new URL(request.url ?? '/', 'http://server');
  const path = join(directory, basename(decodeURIComponent(pathname)));
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) {
    refuse(response, 404);
    return;
  }
  const range = byteRange(request.headers.range, file.size);
  if (range === 'unsatisfiable') refuse(response, 416, { 'content-range': `bytes */${file.size}` });
  else await send({ path, file, range }, request, response);
}

interface Answer {
  readonly path: string;
  readonly file: Stats;
  readonly range: ByteRange | 'whole';
}

async function send(
  { path, file, range }: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { start, end } = range === 'whole' ? { start: 0, end: file.size - 1 } : range;
  response.writeHead(range === 'whole' ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-type': 'application/octet-stream',
    etag: `"${file.size}-${Math.round(file.mtimeMs)}"`,
    'last-modified': file.mtime.toUTCString(),
    ...(range !== 'whole' && { 'content-range': `bytes ${start}-${end}/${file.size}` }),
  });
  if (request.method === 'HEAD' || file.size === 0) response.end();
  else await pipeline(createReadStream(path, { start, end }), response);
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}
