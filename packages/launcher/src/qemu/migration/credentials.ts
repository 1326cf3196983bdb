/** TLS of a migration: one object for its memory and its disks, made anew for each. */
import type { CommandArguments, QmpClient } from 'qemu-monitor';
import { readCertificates } from '../../http/certificates.ts';
import type { Paths } from '../../pod/paths.ts';
import { type Endpoint, onlyClient, tlsCredentials, withCredentials } from '../nbd/credentials.ts';
import { unlessRefused } from '../disks/refusable.ts';

export const MIGRATION_TLS = 'tls-migration';
export const ONLY_SOURCE = 'only-source';

/** QEMU has read the files when this resolves; the key lies there no more. */
export async function addCredentials(
  client: QmpClient,
  endpoint: Endpoint,
  { config, runtime }: Pick<Paths, 'config' | 'runtime'>,
): Promise<void> {
  await removeObject(client, MIGRATION_TLS);
  const certificates = await readCertificates(config);
  await withCredentials(runtime, { certificates, endpoint }, async (directory) => {
    await addObject(client, tlsCredentials(MIGRATION_TLS, endpoint, directory));
  });
}

export async function letInOnly(client: QmpClient, name: string): Promise<void> {
  await removeObject(client, ONLY_SOURCE);
  await addObject(client, onlyClient(ONLY_SOURCE, name));
}

async function addObject(client: QmpClient, properties: object): Promise<void> {
  // The properties of the object's type, which QEMU checks.
  await client.execute('object-add', properties as CommandArguments<'object-add'>);
}

export async function removeObject(client: QmpClient, id: string): Promise<void> {
  await unlessRefused(client.execute('object-del', { id }));
}
