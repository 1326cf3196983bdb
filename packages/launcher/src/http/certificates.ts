import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineIdentity } from '@hypersdk/api/machine';
import { documentDigest } from '@hypersdk/api/machine-digest';

/** As `node:tls` takes them. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  /** One or more authorities. */
  readonly ca: string;
}

/** `tls.crt`, `tls.key` and `ca.crt` of a mounted Secret. */
export async function readCertificates(directory: string): Promise<Certificates> {
  const [cert = '', key = '', ca = ''] = await Promise.all(
    ['tls.crt', 'tls.key', 'ca.crt'].map((name) => readFile(join(directory, name), 'utf8')),
  );
  return { cert, key, ca };
}

export function identityOf({ cert, ca }: Certificates): MachineIdentity {
  const { issuer, validToDate } = new X509Certificate(cert);
  return { issuer, authorities: documentDigest(ca), notAfter: validToDate.toISOString() };
}
