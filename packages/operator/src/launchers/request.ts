/** One HTTPS request to a launcher, each side proving who it is with a certificate of our authority. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { LAUNCHER_PORT } from '@hypersdk/api';
import type { KeyPair } from './authority.ts';

export interface LauncherAddress {
  /** The pod's IP. */
  readonly host: string;
  /** What the launcher's certificate must say; an IP that went to another pod is refused by it. */
  readonly certificateName: string;
}

/** The operator's own certificate, and the authority's that signed it. */
export interface Identity {
  readonly client: KeyPair;
  readonly authority: string;
}

/** No usable answer from a launcher: it is starting, gone, cut off, or not who it should be. */
export class LauncherUnreachableError extends Error {
  override readonly name: string = 'LauncherUnreachableError';
}

/** An answer that is not in words of this version; its launcher may be newer, so it is missing, not wrong. */
export class UnknownAnswerError extends LauncherUnreachableError {
  override readonly name = 'UnknownAnswerError';
}

/** The launcher answered, and refused. */
export class LauncherRefusedError extends Error {
  override readonly name = 'LauncherRefusedError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface LauncherRequest {
  readonly address: LauncherAddress;
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Resolves with a 200's response, its body unread. A connection serves one request: there are thousands of launchers. */
export async function send(
  identity: Identity,
  { address, signal, ...wanted }: LauncherRequest,
): Promise<IncomingMessage> {
  const request = httpsRequest({
    host: address.host,
    port: LAUNCHER_PORT,
    servername: address.certificateName,
    method: wanted.method,
    path: wanted.path,
    ca: identity.authority,
    cert: identity.client.certificate,
    key: identity.client.privateKey,
    minVersion: 'TLSv1.3',
    agent: false,
    signal,
  });
  request.end(wanted.body);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode === 200) return response;
    throw new LauncherRefusedError(response.statusCode ?? 0, await text(response));
  } catch (cause) {
    if (cause instanceof LauncherRefusedError) throw cause;
    throw new LauncherUnreachableError(`${address.certificateName} at ${address.host} does not answer`, {
      cause,
    });
  }
}

export async function text(response: IncomingMessage): Promise<string> {
  try {
    const chunks = (await response.toArray()) as Buffer[]; // no encoding is set
    return Buffer.concat(chunks).toString();
  } catch (cause) {
    throw new LauncherUnreachableError('the answer broke off', { cause });
  }
}
