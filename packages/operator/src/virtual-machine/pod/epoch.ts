/** One pod a run of the guest, numbered by epoch. Its name is deterministic, so that a stale cache cannot make a second. */
import type { VirtualMachine } from '@hypersdk/api';
import { Labels } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';

export function podName(vm: VirtualMachine, epoch: number): string {
  return `${vm.metadata.name}-${epoch}`;
}

/** What the launcher's certificate says, unique in the cluster and for all time but restores of etcd. */
export function certificateName(pod: Pod): string {
  return `${pod.metadata.name}.${pod.metadata.namespace ?? ''}.launcher.hypersdk.io`;
}

export function epochOf(pod: Pod): number {
  return Number(pod.metadata.labels?.[Labels.epoch] ?? 0);
}

/** QEMU has ended in this pod and will never run in it again. */
export function isFinished(pod: Pod): boolean {
  return isOver(pod) || qemuEnd(pod) !== undefined;
}

/** Nobody answers any more in this pod, and what the launcher had to say it has left in its termination message. */
export function isLauncherGone(pod: Pod): boolean {
  return isOver(pod) || launcherEnd(pod) !== undefined;
}

/** All of its containers have ended, for good. */
export function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

export function launcherMessage(pod: Pod): string | undefined {
  return launcherEnd(pod)?.message;
}

function launcherEnd(pod: Pod): { message?: string | undefined } | undefined {
  return pod.status?.initContainerStatuses?.find(({ name }) => name === 'launcher')?.state?.terminated;
}

/** How the qemu container ended, once it has. */
export function qemuEnd(
  pod: Pod,
): { exitCode: number; finishedAt: string | undefined; message: string | undefined } | undefined {
  const ended = pod.status?.containerStatuses?.find(({ name }) => name === 'qemu')?.state?.terminated;
  return ended && { exitCode: ended.exitCode, finishedAt: ended.finishedAt, message: ended.message };
}
