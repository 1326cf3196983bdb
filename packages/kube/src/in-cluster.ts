import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Connection, Credentials } from './connection.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kubelet rotates the files well before the token ends; this is how late we may notice. */
const MAX_AGE = 10_000;

export function isInCluster(directory = SERVICE_ACCOUNT): boolean {
  return process.env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(join(directory, 'token'));
}

/** The connection of a pod with its service account's token. */
export async function inCluster(directory = SERVICE_ACCOUNT): Promise<Connection> {
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  const port = process.env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (!host) throw new Error('not in a cluster: KUBERNETES_SERVICE_HOST is not set');
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: (await readFile(join(directory, 'namespace'), 'utf8')).trim(),
    credentials: cached(() => readCredentials(directory)),
  };
}

async function readCredentials(directory: string): Promise<Credentials> {
  const [token, ca] = await Promise.all([
    readFile(join(directory, 'token'), 'utf8'),
    readFile(join(directory, 'ca.crt'), 'utf8'),
  ]);
  return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
}

function cached<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { value: Promise<T>; at: number } | undefined;
  return () => {
    if (last && Date.now() - last.at < MAX_AGE) return last.value;
    const value = read();
    last = { value, at: Date.now() };
    value.catch(() => (last = undefined));
    return value;
  };
}
