import { ownerReference, Pods, Secrets, type Pod, type Secret } from '@hypersdk/kube';
import { unlessGone, unlessThere } from '../idempotent.ts';
import type { AuthorityKeeper } from '../launchers/authority-keeper.ts';
import { certify } from '../launchers/trust.ts';
import type { Effects } from '../virtual-machine/execute.ts';
import { certificateName } from '../virtual-machine/pod/epoch.ts';
import { workerSecretOf } from './worker-pod.ts';

/** A pod that does a job on volumes, and the Secret that it waits for. One that is there is left as it is. */
export async function createWorker(
  { client, authorities }: Pick<Effects, 'client' | 'authorities'>,
  pod: Pod,
  signal: AbortSignal,
): Promise<void> {
  const { namespace = '', name } = pod.metadata;
  const created =
    (await unlessThere(client.create(Pods, pod, { signal }))) ??
    (await unlessGone(client.get(Pods, { namespace, name }, { signal })));
  if (!created) return;
  await unlessThere(client.create(Secrets, await identity(authorities, created), { signal }));
}

/** By which the operator and the worker know each other. It goes with the pod. */
async function identity({ trust, now }: Pick<AuthorityKeeper, 'trust' | 'now'>, pod: Pod): Promise<Secret> {
  const { certificate, privateKey } = await certify(trust, certificateName(pod), now);
  return {
    metadata: {
      name: workerSecretOf(pod),
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    // Its work is over long before its certificate.
    immutable: true,
    stringData: { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': trust.bundle },
  };
}
