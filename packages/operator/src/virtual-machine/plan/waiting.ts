/** Why a pod does not run yet: the cause, the object, and what to do, from what Kubernetes says of it. */
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { containerStatuses } from '../pod/container.ts';
import { hasAskedForKvm } from '../acceleration/kvm.ts';
import { storageClass } from '../../storage-profiles.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';

type Waiting = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'>;

export function waitingReason(observed: Observed, pod: Pod): Waiting {
  return unscheduled(observed, pod) ?? containerTrouble(pod) ?? starting(pod);
}

function unscheduled(observed: Observed, pod: Pod): Waiting | undefined {
  if (pod.spec?.nodeName) return undefined;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  // The scheduler's first word comes within milliseconds; until then nothing new is said.
  if (condition?.status !== 'False') return starting(pod);
  return unbound(observed) ?? unschedulable(condition, kvmHint(observed, pod));
}

/** The scheduler calls this unschedulable too, but it is the storage that everybody waits for. */
function unbound({ claims, storageClasses }: Observed): Waiting | undefined {
  const pending = [...claims.values()].find(({ status }) => status?.phase === 'Pending');
  if (!pending) return undefined;
  if (!storageClass(storageClasses, pending.spec?.storageClassName)) {
    const asks = `Claim ${pending.metadata.name} asks for StorageClass ${wantedClass(pending)}`;
    const message = `${asks}, which does not exist: create it, or name another`;
    return { phase: 'Pending', reason: 'StorageClassNotFound', message, progress: 'stalled' };
  }
  return { phase: 'Creating', ...waitingForVolume(pending), progress: 'progressing' };
}

export function waitingForVolume(claim: PersistentVolumeClaim): Pick<Waiting, 'reason' | 'message'> {
  const message = `Waiting for the volume of claim ${claim.metadata.name} (${wantedClass(claim)})`;
  return { reason: 'WaitingForVolume', message };
}

function wantedClass({ spec }: PersistentVolumeClaim): string {
  return spec?.storageClassName ?? 'the default class';
}

function unschedulable(
  { reason = 'Unschedulable', message = 'no reason given' }: { reason?: string; message?: string },
  hint: string,
): Waiting {
  const told = `No node takes the pod: ${message}${hint}`;
  return { phase: 'Pending', reason, message: told, progress: 'stalled' };
}

/** KVM, which the user may not have known of, narrows the nodes down. */
function kvmHint({ spec, config }: Observed, pod: Pod): string {
  const isChoice = (spec.acceleration ?? config.acceleration) === 'auto' && hasAskedForKvm(pod);
  return isChoice
    ? '. It asks for KVM, because a node offers that: with acceleration tcg, and a restart, any node may take it'
    : '';
}

/** Waiting reasons that the kubelet does not get over by itself, or only after somebody has acted. */
const TROUBLE = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
]);

export function containerTrouble(pod: Pod): Waiting | undefined {
  const troubled = containerStatuses(pod).find(({ state }) => TROUBLE.has(state?.waiting?.reason ?? ''));
  if (!troubled) return undefined;
  const { reason = 'Waiting', message = '' } = troubled.state?.waiting ?? {};
  const said = `Container ${troubled.name} of pod ${pod.metadata.name}: ${message || reason}`;
  return { phase: 'Creating', reason, message: said, progress: 'stalled' };
}

function starting(pod: Pod): Waiting {
  const node = pod.spec?.nodeName;
  const message = node ? `Node ${node} is starting the pod` : 'Waiting for a node';
  return { phase: 'Creating', reason: 'StartingPod', message, progress: 'progressing' };
}
