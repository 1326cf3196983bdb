/** The authority lives in a Secret, so that every replica and every later operator trusts the same launchers. */
import { AlreadyExistsError, NotFoundError, Secrets, type Client, type Secret } from '@hypersdk/kube';
import { newAuthority, type KeyPair } from './authority.ts';

const NAME = 'hypersdk-launcher-ca';

/** Reads the authority, or makes it; of two replicas that make it at once, one wins and both use it. */
export async function storedAuthority(
  client: Client,
  namespace: string,
  signal: AbortSignal,
): Promise<KeyPair> {
  try {
    return keyPair(await client.get(Secrets, { namespace, name: NAME }, { signal }));
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  try {
    return keyPair(await client.create(Secrets, secret(namespace, await newAuthority()), { signal }));
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
    return keyPair(await client.get(Secrets, { namespace, name: NAME }, { signal }));
  }
}

function secret(namespace: string, authority: KeyPair): Secret {
  return {
    metadata: { namespace, name: NAME, labels: { 'app.kubernetes.io/part-of': 'hypersdk' } },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encode(authority.certificate), 'tls.key': encode(authority.privateKey) },
  };
}

function keyPair(stored: Secret): KeyPair {
  const { 'tls.crt': certificate, 'tls.key': privateKey } = stored.data ?? {};
  if (!certificate || !privateKey) throw new Error(`Secret ${NAME} holds no tls.crt and tls.key`);
  return { certificate: decode(certificate), privateKey: decode(privateKey) };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
