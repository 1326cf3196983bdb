/** Who uploads to an importer that runs as a process of its own. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Upload {
  readonly method: 'HEAD' | 'PUT' | 'POST';
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array;
}

export interface Answered {
  readonly status: number;
  /** Bytes that the importer says it has. */
  readonly offset: number | undefined;
  readonly text: string;
}

export interface UploadServer {
  readonly port: number;
  /** PEM of its authority, and the name that its certificate is of. */
  readonly ca: string;
  readonly servername: string;
}

/** Rejects where there is no answer. */
export async function send(
  server: UploadServer,
  { method, token = '', headers, body }: Upload,
): Promise<Answered> {
  const authorization = `Bearer ${token}`;
  const asked = request({
    ...{ ...server, host: '127.0.0.1', method, agent: false },
    headers: { authorization, ...(body && { 'content-length': body.byteLength }), ...headers },
  });
  const answered = once(asked, 'response');
  asked.end(body);
  const [response] = (await answered) as [IncomingMessage];
  const offset = response.headers['upload-offset'];
  return {
    status: response.statusCode ?? 0,
    offset: offset === undefined ? undefined : Number(offset),
    text: await text(response),
  };
}
