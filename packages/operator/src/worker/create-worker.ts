import { ownerReference, Pods, Secrets, type Pod, type Secret } from '@hypersdk/kube';
import { unlessGone, unlessThere } from '../idempotent.ts';
import type { AuthorityKeeper } from '../launchers/authority-keeper.ts';
import { certify } from '../launchers/trust.ts';
import { certificateName } from '../virtual-machine/pod/epoch.ts';
import { workerSecretOf } from './worker-pod.ts';
import type { Effects } from '../context.ts';

type Making = Pick<Effects, 'client' | 'authorities' | 'knownSecrets'>;

export interface Worker {
  readonly pod: Pod;
  /** Other names that its certificate is of. */
  readonly aliases?: readonly string[];
}

/** A pod that does a job on volumes, and the Secret that it waits for. One that is there is left as it is. */
export async function createWorker(making: Making, worker: Worker, signal: AbortSignal): Promise<void> {
  const { client, knownSecrets } = making;
  const { pod } = worker;
  const { namespace = '', name } = pod.metadata;
  const created =
    (await unlessThere(client.create(Pods, pod, { signal }))) ??
    (await unlessGone(client.get(Pods, { namespace, name }, { signal })));
  if (created && !areIdentified([created], knownSecrets))
    await identifyWorker(making, { ...worker, pod: created }, signal);
}

/** Whether the pods have their Secrets, as far as this process knows: one that runs could not without. */
export function areIdentified(pods: readonly Pod[], knownSecrets: ReadonlyMap<string, unknown>): boolean {
  return pods.every(
    ({ metadata, status }) =>
      (status?.phase ?? 'Pending') !== 'Pending' || knownSecrets.has(metadata.uid ?? ''),
  );
}

/**
 * Written whole where there is one: it may be that of a pod which had the name before and has not been collected yet, and
 * we may not read it.
 */
export async function identifyWorker(
  { client, authorities, knownSecrets }: Making,
  worker: Worker,
  signal: AbortSignal,
): Promise<void> {
  const secret = await identity(authorities, worker);
  const created = await unlessThere(client.create(Secrets, secret, { signal }));
  if (!created) await client.replace(Secrets, secret, { signal });
  knownSecrets.set(worker.pod.metadata.uid ?? '', authorities.now);
}

/** By which the operator and the worker know each other. It goes with the pod. */
async function identity(
  { trust, now }: Pick<AuthorityKeeper, 'trust' | 'now'>,
  { pod, aliases = [] }: Worker,
): Promise<Secret> {
  const { certificate, privateKey } = await certify(trust, certificateName(pod), now, aliases);
  return {
    metadata: {
      name: workerSecretOf(pod),
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    stringData: { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': trust.bundle },
  };
}
