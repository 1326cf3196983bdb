import type { EffectiveSpec, MachineSpec } from '@hypersdk/api';
import { NotFoundError, Secrets, type Pod, type Secret } from '@hypersdk/kube';
import { unlessThere } from '../idempotent.ts';
import { machineSecret } from './pod/machine-secret.ts';
import type { Effects } from '../context.ts';

interface MachineSecret {
  /** With `renewSecret` one that is there is written anew, else it is left as it is. */
  readonly type: 'createPod' | 'ensureSecret' | 'renewSecret';
  readonly machine: MachineSpec;
  readonly spec: EffectiveSpec;
}

export async function writeMachineSecret(
  { client, authorities, knownSecrets }: Pick<Effects, 'client' | 'authorities' | 'knownSecrets'>,
  pod: Pod,
  content: MachineSecret,
  signal: AbortSignal,
): Promise<void> {
  const secret = await machineSecret(authorities, pod, content);
  const isThere = content.type === 'renewSecret' && (await isReplaced(client, secret, signal));
  if (!isThere) await unlessThere(client.create(Secrets, secret, { signal }));
  knownSecrets.set(pod.metadata.uid ?? '', authorities.now);
}

/** The whole of it, as we may write Secrets but not read them. */
async function isReplaced(
  client: Pick<Effects['client'], 'replace'>,
  secret: Secret,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.replace(Secrets, secret, { signal });
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}
