import { randomBytes } from 'node:crypto';
import { ownerReference, Secrets, Services, type Secret, type Service } from '@hypersdk/kube';
import { unlessGone, unlessThere } from '../../idempotent.ts';
import type { Effects } from '../../context.ts';

const TOKEN_BYTES = 32;

/**
 * The Service, and the Secret with the token. A token that is there cannot be read here and need not be: the
 * importer and its client have it from the Secret, so whoever made it first has made it for all. The Secret goes with
 * the Service, because the operator may delete no Secrets.
 */
export async function openUpload(
  { client, authorities }: Pick<Effects, 'client' | 'authorities'>,
  service: Service,
  signal: AbortSignal,
): Promise<void> {
  const { namespace = '', name } = service.metadata;
  const opened =
    (await unlessThere(client.create(Services, service, { signal }))) ??
    (await unlessGone(client.get(Services, { namespace, name }, { signal })));
  if (!opened) return;
  await unlessThere(client.create(Secrets, tokenSecret(opened, authorities.trust.bundle), { signal }));
}

function tokenSecret(service: Service, authorities: string): Secret {
  const { name, namespace = '', labels = {} } = service.metadata;
  return {
    metadata: {
      name,
      namespace,
      labels,
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Service', ...service })],
    },
    immutable: true,
    stringData: { token: randomBytes(TOKEN_BYTES).toString('base64url'), 'ca.crt': authorities },
  };
}
