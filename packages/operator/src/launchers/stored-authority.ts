/** The authorities live in a Secret, so that every replica and every later operator trusts the same launchers. */
import { NotFoundError, Secrets, type Client, type Secret } from '@hypersdk/kube';
import { newAuthority, type KeyPair } from './authority.ts';
import { rotationStep, type Authorities, type RotationTiming } from './rotation.ts';

export const AUTHORITY_SECRET = 'hypersdk-launcher-ca';

export interface AuthorityStore {
  readonly client: Client;
  readonly namespace: string;
  readonly timing: RotationTiming;
}

/**
 * The authorities as they are to be now. Each step is one write that the server refuses when somebody else wrote first
 * (ConflictError, AlreadyExistsError): then look again. So two operators never have two authorities.
 */
export async function storedAuthorities(
  store: AuthorityStore,
  now: Date,
  signal: AbortSignal,
): Promise<Authorities> {
  const { client, namespace, timing } = store;
  const stored = await read(store, signal);
  const known = stored && authoritiesOf(stored);
  const next = await afterStep(known, now, timing);
  if (next === known) return known;
  const metadata = { ...stored?.metadata, namespace, name: AUTHORITY_SECRET };
  const secret = { ...secretOf(next), metadata: { ...metadata, labels: LABELS } };
  await (stored ? client.replace(Secrets, secret, { signal }) : client.create(Secrets, secret, { signal }));
  return next;
}

const LABELS = {
  'app.kubernetes.io/part-of': 'hypersdk',
  'app.kubernetes.io/managed-by': 'hypersdk-operator',
};

async function afterStep<K extends Authorities | undefined>(
  known: K,
  now: Date,
  timing: RotationTiming,
): Promise<Authorities | NonNullable<K>> {
  const validity = { from: now, until: new Date(now.getTime() + timing.authority) };
  const step = rotationStep(known, now, timing);
  if (!known || step === 'found') return { newest: await newAuthority(validity) };
  switch (step) {
    case 'succeed':
      return { newest: await newAuthority(validity), previous: known.newest };
    case 'retire':
      return { newest: known.newest };
    case 'keep':
      return known;
  }
}

async function read({ client, namespace }: AuthorityStore, signal: AbortSignal): Promise<Secret | undefined> {
  try {
    return await client.get(Secrets, { namespace, name: AUTHORITY_SECRET }, { signal });
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

function secretOf({ newest, previous }: Authorities): Pick<Secret, 'type' | 'data'> {
  return {
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': encode(newest.certificate),
      'tls.key': encode(newest.privateKey),
      ...(previous && {
        'previous.crt': encode(previous.certificate),
        'previous.key': encode(previous.privateKey),
      }),
    },
  };
}

function authoritiesOf({ data = {} }: Secret): Authorities {
  const newest = keyPair(data, 'tls');
  if (!newest) throw new Error(`Secret ${AUTHORITY_SECRET} holds no tls.crt and tls.key`);
  return { newest, previous: keyPair(data, 'previous') };
}

function keyPair(data: NonNullable<Secret['data']>, name: string): KeyPair | undefined {
  const { [`${name}.crt`]: certificate, [`${name}.key`]: privateKey } = data;
  return certificate && privateKey
    ? { certificate: decode(certificate), privateKey: decode(privateKey) }
    : undefined;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
