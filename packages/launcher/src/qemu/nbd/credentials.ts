/** TLS for NBD as QEMU has it: each side shows a certificate of the operator's authority and asks the other for one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificates } from '../../http/certificates.ts';
import type { Properties } from '../devices/options.ts';

export type Endpoint = 'server' | 'client';

export interface Identity {
  readonly certificates: Certificates;
  readonly endpoint: Endpoint;
}

/** Lays certificates out as QEMU's `tls-creds-x509` looks for them. QEMU reads them once, as the object is made. */
export async function writeCredentials(
  directory: string,
  { certificates: { cert, key, ca }, endpoint }: Identity,
): Promise<void> {
  const files = { 'ca-cert': ca, [`${endpoint}-cert`]: cert, [`${endpoint}-key`]: key };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, `${name}.pem`), content, { mode: 0o600 });
  }
}

/** The same in a new directory below `parent`, for as long as `work` takes: the key need not lie there afterwards. */
export async function withCredentials<T>(
  parent: string,
  identity: Identity,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(parent, 'tls-'));
  try {
    await writeCredentials(directory, identity);
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** For `object-add`, or `--object` of a program. */
export function tlsCredentials(id: string, endpoint: Endpoint, directory: string): Properties {
  return { 'qom-type': 'tls-creds-x509', id, endpoint, dir: directory, 'verify-peer': true };
}

/** For a server's `tls-authz`: the one client that is let in, by the common name of its certificate. */
export function onlyClient(id: string, name: string): Properties {
  return { 'qom-type': 'authz-simple', id, identity: `CN=${name}` };
}
