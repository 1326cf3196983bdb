/** HTTPS for who has the token: `HEAD` tells how much has come, `PUT` brings the file or, by Content-Range, its rest. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { readCertificates } from '../../http/certificates.ts';
import { messageOf } from '../../problem.ts';
import { listen } from '../../http/server.ts';
import { bearsToken } from './bearer-token.ts';

/** Where uploads are received. */
export interface UploadPlace {
  /** Directory of the pod's certificate. */
  readonly identity: string;
  readonly port: number;
}

export interface Answer {
  readonly status: number;
  /** For people. */
  readonly message: string;
}

export interface UploadServerOptions extends UploadPlace {
  /** Directory with the `token`. */
  readonly credentials: string;
  /** Bytes that have come. */
  readonly offset: () => number;
  /** Takes a body, once `proceed` has told the client to send it. */
  readonly put: (request: IncomingMessage, proceed: () => void) => Promise<Answer>;
}

/** An upload takes hours where it takes hours; whether it still comes is looked at elsewhere. */
const NO_TIMEOUT = 0;
const MAX_CONNECTIONS = 16;
const LINGER_MS = 5_000;

export async function startUploadServer(options: UploadServerOptions): Promise<Server> {
  const { cert, key } = await readCertificates(options.identity);
  const server = createServer({ cert, key, minVersion: 'TLSv1.2', requestTimeout: NO_TIMEOUT });
  server.maxConnections = MAX_CONNECTIONS;
  // The second is of clients that ask before they send; they are refused without a byte.
  for (const event of ['request', 'checkContinue']) {
    server.on(event, (request: IncomingMessage, response: ServerResponse) => {
      void serve(options, request, response);
    });
  }
  await listen(server, options.port);
  return server;
}

async function serve(
  options: UploadServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, message } = await answer(options, request, response).catch((error: unknown) => {
    return { status: 500, message: messageOf(error) };
  });
  if (response.destroyed) return;
  const body = `${message}\n`;
  response.writeHead(status, {
    'content-length': Buffer.byteLength(body),
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    // Whatever is left of a body that was refused is not read as the next request.
    connection: 'close',
    ...(status !== 401 && { 'upload-offset': options.offset() }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 405 && { allow: 'HEAD, PUT' }),
  });
  if (request.method !== 'HEAD') response.write(body);
  if (!request.complete && request.headers.expect === undefined) await linger(request);
  response.end();
}

/** A client that is busy sending reads the answer only if the connection is not reset under it. */
async function linger(request: IncomingMessage): Promise<void> {
  request.resume();
  const signal = AbortSignal.timeout(LINGER_MS);
  await once(request, 'close', { signal }).catch(() => undefined);
}

async function answer(
  options: UploadServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  if (!(await bearsToken(request, options.credentials))) {
    return { status: 401, message: 'Send the token of the Secret: Authorization: Bearer TOKEN' };
  }
  if (request.method === 'HEAD') return { status: 200, message: '' };
  if (request.method !== 'PUT') return { status: 405, message: 'Send the file by PUT' };
  return options.put(request, () => {
    if (request.headers.expect !== undefined) response.writeContinue();
  });
}
