import { machineDocument, type EffectiveSpec, type MachineSpec } from '@hypersdk/api';
import { ownerReference, type Pod, type Secret } from '@hypersdk/kube';
import { issue, type KeyPair } from '../../launchers/authority.ts';
import { certificateName } from './epoch.ts';

/** What one pod's launcher needs to start without us. It belongs to the pod, so it goes with it. */
export async function machineSecret(
  authority: KeyPair,
  pod: Pod,
  { machine, spec }: { machine: MachineSpec; spec: EffectiveSpec },
): Promise<Secret> {
  const { certificate, privateKey } = await issue(authority, certificateName(pod));
  const { userData, networkData, sshKeys } = spec.cloudInit ?? {};
  return {
    metadata: {
      name: pod.metadata.name,
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    // Kubelets need not watch what cannot change.
    immutable: true,
    stringData: {
      'machine.json': machineDocument(machine),
      'tls.crt': certificate,
      'tls.key': privateKey,
      'ca.crt': authority.certificate,
      ...(userData !== undefined && { userData }),
      ...(networkData !== undefined && { networkData }),
      ...(sshKeys && { sshKeys: sshKeys.map((key) => `${key.trim()}\n`).join('') }),
    },
  };
}
