/** The launcher of the other pod of a migration. */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Certificates } from '../http/certificates.ts';

export interface Peer {
  readonly host: string;
  readonly port: number;
  /** The name in its certificate. */
  readonly server: string;
  /** Ours. */
  readonly certificates: Certificates;
}

/** Milliseconds. */
const KEEP_ALIVE = 10_000;

/** Resolves when the head of its answer is there; rejects where there is none. */
export async function askPeer(
  peer: Peer,
  method: 'GET' | 'POST',
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { host, port, server, certificates } = peer;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = request({
    ...{ host, port, method, path, servername: server, agent: false, signal },
    ...{ ...certificates, minVersion: 'TLSv1.3' },
  });
  // A network that was cut tells nobody; an answer may take as long as memory does.
  call.setSocketKeepAlive(true, KEEP_ALIVE);
  call.on('error', reject).on('response', resolve);
  call.end();
  return promise;
}
