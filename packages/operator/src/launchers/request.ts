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

/** The operator's own certificate, and the authorities that it trusts. */
export interface Identity {
  readonly client: KeyPair;
  /** PEM of those that may have signed a launcher's. */
  readonly bundle: string;
}

/** No usable answer from a launcher: it is starting, gone, cut off, or not who it should be. */
export class LauncherUnreachableError extends Error {
  override readonly name: string = 'LauncherUnreachableError';
}

/** The launcher's certificate is out of date: its pod was cut off for a whole rotation, or the authority was lost. */
export class LauncherDistrustedError extends LauncherUnreachableError {
  override readonly name = 'LauncherDistrustedError';
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
    ca: identity.bundle,
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
    const Unreachable = isDistrust(cause) ? LauncherDistrustedError : LauncherUnreachableError;
    throw new Unreachable(`${address.certificateName} at ${address.host} does not answer`, { cause });
  }
}

/** OpenSSL's words for a chain that does not end in an authority of ours, or is over. A wrong name is not among them. */
const DISTRUST = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_SIGNATURE_FAILURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function isDistrust(error: unknown): boolean {
  return error instanceof Error && 'code' in error && DISTRUST.has(String(error.code));
}

export async function text(response: IncomingMessage): Promise<string> {
  try {
    const chunks = (await response.toArray()) as Buffer[]; // no encoding is set
    return Buffer.concat(chunks).toString();
  } catch (cause) {
    throw new LauncherUnreachableError('the answer broke off', { cause });
  }
}
