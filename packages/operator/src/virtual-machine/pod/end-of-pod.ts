/** What a pod's status says of the end of its guest, of its launcher, and of itself. */
import type { Pod } from '@hypersdk/kube';
import { statusOf, type ContainerStatus } from './container.ts';

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** QEMU has ended in this pod and will never run in it again. */
export function isFinished(pod: Pod): boolean {
  return isOver(pod) || qemuEnd(pod) !== undefined;
}

/** On a node whose kubelet has not said yet where the pod is to be reached, nor that it has ended. */
export function isBeingStarted(pod: Pod): boolean {
  return pod.spec?.nodeName !== undefined && pod.status?.podIP === undefined && !isFinished(pod);
}

export function isQemuRunning(pod: Pod): boolean {
  return statusOf(pod, 'qemu')?.state?.running !== undefined && !qemuEnd(pod);
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

/** Kubelet starts a launcher again that failed, unless the pod is to go. */
function launcherEnd(pod: Pod): Terminated | undefined {
  const ended = statusOf(pod, 'launcher')?.state?.terminated;
  const comesBack = restartsFailed(pod) && !pod.metadata.deletionTimestamp && ended?.exitCode !== 0;
  return comesBack ? undefined : ended;
}

export interface QemuEnd {
  readonly finishedAt?: string | undefined;
  readonly message?: string | undefined;
  /** Undefined when it failed and nobody can tell any more with which code. */
  readonly exitCode: number | undefined;
}

/**
 * How QEMU ended, once it has. Where kubelet starts containers again that failed, the one after QEMU's only ends at once:
 * the end that counts is the one before. A container that could not be started has not had its QEMU yet.
 */
export function qemuEnd(pod: Pod): QemuEnd | undefined {
  const { state, lastState, restartCount = 0 } = statusOf(pod, 'qemu') ?? {};
  const { terminated } = state ?? {};
  if (!restartsFailed(pod)) return terminated;
  // Kubelet forgets the one before when it clears dead containers away, and only one that failed has a successor.
  const isForgotten = restartCount > 0 && !lastState?.terminated && terminated?.exitCode === 0;
  if (isForgotten) return { exitCode: undefined, finishedAt: terminated.finishedAt };
  const ends = [lastState?.terminated, terminated].filter((ended) => ended !== undefined);
  return ends.find(({ reason }) => reason !== 'StartError');
}

const restartsFailed = ({ spec }: Pod): boolean => spec?.restartPolicy === 'OnFailure';
