import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { parse } from 'yaml';
import * as z from 'zod';

const Kubeconfig = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.base64() }) }),
  ]),
  users: z.tuple([
    z.object({ user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }) }),
  ]),
});

/** What the server says of an object that it refuses: metav1.Status. */
export const Status = z.object({
  message: z.string(),
  details: z
    .object({ causes: z.array(z.object({ field: z.string().default(''), message: z.string() })).default([]) })
    .default({ causes: [] }),
});

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** User to impersonate. */
  readonly as?: string;
}

export type ApiServer = (call: Call) => Promise<Answer>;

/** The API server of the kubeconfig that KUBECONFIG names. */
export function apiServer(): ApiServer {
  const { clusters, users } = Kubeconfig.parse(parse(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
  const identity = { ca: decode(ca), cert: decode(cert), key: decode(key) };
  return ({ method, path, body, contentType = 'application/json', as }) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': contentType, ...(as !== undefined && { 'impersonate-user': as }) };
      const options = { ...identity, method, headers, signal: AbortSignal.timeout(120_000) };
      const call = request(new URL(path, server), options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          // A path that is not served yet is answered in plain text.
          const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
          const text = Buffer.concat(chunks).toString();
          resolve({ code: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
        });
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

function decode(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
