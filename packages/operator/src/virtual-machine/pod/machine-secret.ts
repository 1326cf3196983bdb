import { machineDocument, type EffectiveSpec, type MachineSpec, type VirtualMachine } from '@hypersdk/api';
import { ownerReference, type Pod, type Secret } from '@hypersdk/kube';
import type { AuthorityKeeper } from '../../launchers/authority-keeper.ts';
import { certify } from '../../launchers/trust.ts';
import { certificateName, podName } from './epoch.ts';

/** Bears the VM's uid: that of an earlier VM of the same name may not have been collected yet, and we may not look. */
export function machineSecretName(vm: VirtualMachine, epoch: number): string {
  return `${podName(vm, epoch)}-${(vm.metadata.uid ?? '').slice(0, 8)}`;
}

/** The Secret that the pod waits for. */
export function machineSecretOf({ spec, metadata }: Pod): string {
  return spec?.volumes?.find(({ name }) => name === 'machine')?.secret?.secretName ?? metadata.name;
}

/**
 * What one pod's launcher needs to start without us. It belongs to the pod, so it goes with it. It is not immutable:
 * the pod may outlive its certificate.
 */
export async function machineSecret(
  { trust, now }: Pick<AuthorityKeeper, 'trust' | 'now'>,
  pod: Pod,
  { machine, spec }: { machine: MachineSpec; spec: EffectiveSpec },
): Promise<Secret> {
  const { certificate, privateKey } = await certify(trust, certificateName(pod), now);
  const { userData, networkData, sshKeys } = spec.cloudInit ?? {};
  return {
    metadata: {
      name: machineSecretOf(pod),
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    stringData: {
      'machine.json': machineDocument(machine),
      'tls.crt': certificate,
      'tls.key': privateKey,
      'ca.crt': trust.bundle,
      ...(userData !== undefined && { userData }),
      ...(networkData !== undefined && { networkData }),
      ...(sshKeys && { sshKeys: sshKeys.map((key) => `${key.trim()}\n`).join('') }),
    },
  };
}
