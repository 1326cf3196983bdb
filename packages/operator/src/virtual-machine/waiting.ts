/** Why a pod does not run yet: the cause, the object, and what to do, from what Kubernetes says of it. */
import type { Pod } from '@hypersdk/kube';
import type { Outcome } from './outcome.ts';

type Waiting = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'>;

export function waitingReason(pod: Pod): Waiting {
  return unscheduled(pod) ?? containerTrouble(pod) ?? starting(pod);
}

function unscheduled(pod: Pod): Waiting | undefined {
  if (pod.spec?.nodeName) return undefined;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (condition?.status !== 'False') {
    return { phase: 'Pending', reason: 'Scheduling', message: 'Waiting for a node', progress: 'progressing' };
  }
  const message = `No node takes the pod: ${condition.message ?? condition.reason ?? 'no reason given'}`;
  return { phase: 'Pending', reason: condition.reason ?? 'Unschedulable', message, progress: 'stalled' };
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

function containerTrouble(pod: Pod): Waiting | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const troubled = statuses.find(({ state }) => TROUBLE.has(state?.waiting?.reason ?? ''));
  if (!troubled) return undefined;
  const { reason = 'Waiting', message = '' } = troubled.state?.waiting ?? {};
  const said = `Container ${troubled.name} of pod ${pod.metadata.name}: ${message || reason}`;
  return { phase: 'Creating', reason, message: said, progress: 'stalled' };
}

function starting(pod: Pod): Waiting {
  const message = `Node ${pod.spec?.nodeName ?? ''} is starting the pod`;
  return { phase: 'Creating', reason: 'StartingPod', message, progress: 'progressing' };
}
