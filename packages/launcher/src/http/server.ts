import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificates } from './certificates.ts';

/** The only name that a client certificate may carry. */
export const OPERATOR_NAME = 'hypersdk-operator';

const MAX_CONNECTIONS = 32;

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ServerOptions {
  readonly certificates: Certificates;
  readonly port: number;
  readonly handler: Handler;
  /** Whether the one of this name may ask for it, who is not the operator. */
  readonly admits?: (name: string, request: IncomingMessage) => boolean;
}

/** The mTLS server: TLS 1.3, a client certificate of our CA, and the operator's name on it. */
export async function startServer({
  certificates,
  port,
  handler,
  admits = () => false,
}: ServerOptions): Promise<Server> {
  const server = createServer({
    ...certificates,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const isAdmitted = clientName(request) === OPERATOR_NAME || admits(clientName(request), request);
    void serve(handler, isAdmitted, request, response);
  });
  await listen(server, port);
  return server;
}

/**
 * Takes up certificates that were renewed in place; connections that are open go on with the old ones. Sessions of
 * before are not resumed: the new context has ticket keys of its own.
 */
export function renewCertificates(server: Server, certificates: Certificates): void {
  server.setSecureContext({ ...certificates, minVersion: 'TLSv1.3' });
}

export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}

async function serve(
  handler: Handler,
  isAdmitted: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (!isAdmitted) sendJson(response, 403, { message: `the client is not ${OPERATOR_NAME}` });
    else await handler(request, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
  }
}

function clientName({ socket }: IncomingMessage): string {
  return socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : '';
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export async function listen(
  server: {
    listen(port: number, ready: () => void): unknown;
    once(event: 'error', fail: (error: Error) => void): unknown;
  },
  port: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.listen(port, () => {
    resolve(undefined);
  });
  await promise;
}
