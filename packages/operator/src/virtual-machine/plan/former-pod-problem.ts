import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';

/**
 * A VM that is deleted is gone before its guest has powered down. One that is made anew by the same name waits for
 * that: both have the same disks and the same names of pods.
 */
export function formerPodProblem({
  vm,
  formerPods,
}: Observed): Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'> | undefined {
  const pod = formerPods.find(({ metadata }) => !metadata.deletionTimestamp) ?? formerPods[0];
  if (!pod) return undefined;
  const former = `Pod ${pod.metadata.name} of an earlier VirtualMachine ${vm.metadata.name}`;
  if (pod.metadata.deletionTimestamp || pod.metadata.ownerReferences?.length) {
    const message = `${former} is powering down`;
    return { phase: 'Pending', reason: 'FormerPodTerminating', message, progress: 'progressing' };
  }
  const message = `${former} is still there, and nobody owns it: delete it, and the VM starts`;
  return { phase: 'Pending', reason: 'FormerPodExists', message, progress: 'stalled' };
}
