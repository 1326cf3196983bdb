import { ownerReference, type Pod, type Secret } from '@hypersdk/kube';
import { certificateName } from '../virtual-machine/pod/epoch.ts';
import type { AuthorityKeeper } from './authority-keeper.ts';
import { certify } from './trust.ts';

/** By which the operator and a worker pod, which imports or copies, know each other. It goes with the pod. */
export async function workerIdentity(
  { trust, now }: Pick<AuthorityKeeper, 'trust' | 'now'>,
  pod: Pod,
): Promise<Secret> {
  const { certificate, privateKey } = await certify(trust, certificateName(pod), now);
  return {
    metadata: {
      name: pod.metadata.name,
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    // Its work is over long before its certificate.
    immutable: true,
    stringData: { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': trust.bundle },
  };
}
