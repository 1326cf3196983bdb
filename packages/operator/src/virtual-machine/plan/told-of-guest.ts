/** What there is to say of a guest whose pod stands. Pure. */
import type { MachineState } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import { isQemuRunning } from '../pod/end-of-pod.ts';
import type { Outcome } from '../status/outcome.ts';
import { isRequestPending } from './moving.ts';
import type { Power } from './power.ts';
import { containerTrouble, waitingReason } from './waiting.ts';
import { isAtWorkAs } from '../../vm-operation/at-work.ts';

type Told = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress' | 'diskProblem' | 'networkProblem'>;

interface Asked {
  readonly observed: Observed;
  readonly pod: Pod;
  readonly power: Power;
}

/** What the launcher says of the guest, in the words of status. */
export function ofMachine(asked: Asked, state: MachineState): Told {
  switch (state.phase) {
    case 'Preparing':
      return (
        containerTrouble(asked.pod) ?? progressing('Creating', 'PreparingDisks', preparingMessage(state))
      );
    case 'Starting':
      return containerTrouble(asked.pod) ?? progressing('Creating', 'StartingQemu', 'QEMU is starting');
    case 'Running':
      if (asked.power.desired === 'Paused')
        return progressing('Running', 'Pausing', 'The guest is being paused');
      return { ...guestRuns, ...troubleWithDevice(state) };
    case 'Paused':
      return paused(asked, state);
    case 'PoweringDown':
    case 'Stopped':
      return progressing('Stopping', 'PoweringDown', 'The guest is powering down');
    case 'Failed':
      return failed(state);
  }
}

const guestRuns = {
  phase: 'Running',
  reason: 'Running',
  message: 'The guest is running',
  progress: 'done',
} as const;

/** A guest runs on when something that was asked of one of its disks or networks does not work. */
function troubleWithDevice({ problem }: MachineState): Pick<Told, 'diskProblem' | 'networkProblem'> {
  if (!problem) return {};
  const { reason, message, disk, network } = problem;
  if (disk !== undefined) return { diskProblem: { reason, message } };
  return network === undefined ? {} : { networkProblem: { reason, message } };
}

function paused({ observed, pod, power }: Asked, { problem }: MachineState): Told {
  // Also while a resume is under way that QEMU has obeyed: the guest has met its trouble again.
  if (problem && !isRequestPending(observed, pod)) {
    const { reason, message, disk } = problem;
    return {
      ...{ phase: 'Paused', reason, message, progress: 'stalled' },
      ...(disk && { diskProblem: { reason, message } }),
    };
  }
  if (isResumeAsked(observed)) return progressing('Paused', 'Resuming', 'The guest is being resumed');
  if (power.desired === 'Paused') {
    const message = 'The guest is paused on request; operation resume lets it go on';
    return { phase: 'Paused', reason: 'Paused', message, progress: 'done' };
  }
  const message = 'The guest stands still though nobody asked for it; operation resume lets it go on';
  return { phase: 'Paused', reason: 'PausedUnasked', message, progress: 'stalled' };
}

function isResumeAsked({ operations }: Observed): boolean {
  return operations.some((operation) => isAtWorkAs(operation, 'start', 'resume'));
}

function preparingMessage({ disks }: MachineState): string {
  const busy = disks.find(({ progress }) => progress !== undefined);
  return busy ? `Disk ${busy.name} is being made: ${busy.progress ?? 0} %` : 'The disks are being made';
}

function failed({ problem }: MachineState): Told {
  const { reason, message, disk } = problem ?? {
    reason: 'LauncherFailed',
    message: 'The launcher gives no reason',
  };
  return {
    phase: 'Failed',
    reason,
    message,
    progress: 'stalled',
    ...(disk && { diskProblem: { reason, message } }),
  };
}

/** No answer is no failure: what is known of the pod is said, and a guest that ran is taken to run on. */
export function withoutAnswer(observed: Observed, pod: Pod): Told {
  const { vm, nodeReady } = observed;
  const wasUp =
    vm.status?.podName === pod.metadata.name &&
    ['Running', 'Migrating', 'Paused', 'Unknown'].includes(vm.status.phase ?? '');
  if (!nodeReady) {
    const message = `Node ${pod.spec?.nodeName ?? ''} does not answer; the guest may still be running`;
    return { phase: 'Unknown', reason: 'NodeNotReady', message, progress: 'progressing' };
  }
  if (wasUp && isQemuRunning(pod)) {
    const message = 'QEMU is running; the launcher does not answer now';
    return {
      phase: vm.status?.phase === 'Paused' ? 'Paused' : 'Running',
      reason: 'LauncherUnreachable',
      message,
      progress: 'progressing',
    };
  }
  return waitingReason(observed, pod);
}

function progressing(phase: Told['phase'], reason: string, message: string): Told {
  return { phase, reason, message, progress: 'progressing' };
}
