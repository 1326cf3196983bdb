/** One pod a run of the guest, numbered by epoch. Its name is deterministic, so that a stale cache cannot make a second. */
import type { VirtualMachine } from '@hypersdk/api';
import { Labels } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';

export function podName(vm: VirtualMachine, epoch: number): string {
  return `${vm.metadata.name}-${epoch}`;
}

/** What the launcher's certificate says, unique in the cluster and for all time but restores of etcd. */
export function certificateName(pod: Pick<Pod, 'metadata'>): string {
  return `${pod.metadata.name}.${pod.metadata.namespace ?? ''}.launcher.hypersdk.io`;
}

/** The same of a pod that may still have to be made. */
export function certificateNameAt(vm: VirtualMachine, epoch: number): string {
  const { namespace = '' } = vm.metadata;
  return certificateName({ metadata: { name: podName(vm, epoch), namespace } });
}

/** It awaits the guest of another pod, which is the VM's until the guest is here. */
export function isTarget({ status }: VirtualMachine, pod: Pod): boolean {
  return pod.metadata.labels?.[Labels.migration] !== undefined && epochOf(pod) > (status?.epoch ?? 0);
}

export function epochOf(pod: Pod): number {
  return Number(pod.metadata.labels?.[Labels.epoch] ?? 0);
}
