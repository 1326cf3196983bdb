import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { Identity } from './certificates.ts';

export const LAUNCHER_NAME = 'vm-1.default.launcher';

export interface LauncherClient {
  readonly port: number;
  /** In the launcher's certificate. */
  readonly name?: string;
  readonly identity: Partial<Identity> & Pick<Identity, 'ca'>;
}
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request as the operator makes it; rejects when TLS refuses it. */
export async function ask(
  client: LauncherClient,
  method: string,
  path: string,
  body?: string,
): Promise<Answer> {
  const response = await open(client, method, path, body);
  return { status: response.statusCode ?? 0, body: await text(response as Readable) };
}

export async function open(
  { port, identity, name = LAUNCHER_NAME }: LauncherClient,
  method: string,
  path: string,
  body?: string,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = request({
    ...{ host: '127.0.0.1', port, method, path, servername: name, agent: false },
    ...identity,
  });
  call.on('response', resolve).on('error', reject);
  call.end(body);
  return promise;
}
