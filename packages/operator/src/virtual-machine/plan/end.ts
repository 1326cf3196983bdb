import type { MachineExit } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Plan } from './actions.ts';
import { qemuEnd } from '../pod/end-of-pod.ts';
import { epochOf } from '../pod/epoch.ts';
import { exitWait, machineExit } from './exit.ts';
import type { Observed } from '../observed.ts';
import { followable, planStop } from './stop.ts';
import type { Power } from './power.ts';
import { afterEnd, countedRestarts, restartWait, type Ending } from './restart.ts';
import { SUSPENDED, suspendedMessage, suspensionOf } from './suspended.ts';
import { tell } from '../status/status.ts';
import { isAtWorkAs } from '../../vm-operation/at-work.ts';

interface End {
  readonly ending: Ending;
  readonly reason: string;
  readonly message: string;
  readonly time: string;
}

/** QEMU has ended though nobody deleted its pod: the guest powered itself down, or something failed. */
export function planEnd(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  if (power.desired === 'Off') return planStop(observed, pod, power, now);
  if (isStartAsked(observed, pod)) return startAnew(observed, pod, power, now);
  const finishedAt = qemuEnd(pod)?.finishedAt ?? now.toISOString();
  const wait = exitWait(observed, pod, { finishedAt, now });
  if (wait > 0) return { ...unexplained(observed, pod, power, now), requeueAfter: wait };
  const end = endOf(observed, pod, now);
  if (end.reason === SUSPENDED) {
    // Where the operation was cancelled, or its time was over, when the memory was saved already, the guest goes on from there.
    const isWanted = suspensionOf(observed, pod) !== undefined;
    return isWanted ? rest(observed, pod, end, power, now) : planStop(observed, pod, power, now);
  }
  switch (afterEnd(observed.vm, countedEnd(end, pod))) {
    case 'restart':
      return restart(observed, pod, end, power, now);
    case 'rest':
      return rest(observed, pod, end, power, now);
    case 'limit':
      return limit(observed, pod, end, power, now);
  }
}

/** Somebody asked since this pod was there; a guest that a request has started and that failed at once waits its turn. */
function isStartAsked({ operations }: Observed, pod: Pod): boolean {
  return operations.some(
    (operation) => isAtWorkAs(operation, 'start', 'restart') && operation.status?.fromEpoch === epochOf(pod),
  );
}

/** Whoever starts a guest by hand has seen to what failed: its restarts are counted from none. */
function startAnew(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  const planned = planStop(observed, pod, power, now);
  return { ...planned, status: { ...planned.status, restartCount: 0 } };
}

/** What a launcher said before it stopped answering stands until its termination message says it again. */
function unexplained(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  const { status } = observed.vm;
  const isTold = status?.podName === pod.metadata.name && /^(Pending|Failed)$/.test(status.phase ?? '');
  if (isTold) return { actions: [], events: [], status, ...followable(observed) };
  const message = 'QEMU has ended; waiting for the launcher to say why';
  const outcome = {
    phase: 'Stopping',
    reason: 'QemuEnded',
    message,
    progress: 'progressing',
    pod,
    power,
  } as const;
  return { ...tell(observed, outcome, now), ...followable(observed) };
}

function countedEnd({ ending, time }: End, pod: Pod): Parameters<typeof afterEnd>[1] {
  return { ending, time: new Date(time), podName: pod.metadata.name };
}

/** The pod stays until its successor's time has come: it holds the log that says why. */
function restart(observed: Observed, pod: Pod, end: End, power: Power, now: Date): Plan {
  const { vm } = observed;
  const restartCount = countedRestarts(vm, countedEnd(end, pod));
  const ended = lastEnd(end, pod);
  const wait = restartWait({ ...vm, status: { ...vm.status, restartCount, lastEnd: ended } }, now);
  const outcome = {
    phase: 'Pending',
    reason: end.reason,
    message: `${end.message}; it is started again`,
    progress: 'progressing',
    event: end.ending === 'failed' ? 'Warning' : 'Normal',
    pod,
    power,
    restartCount,
    lastEnd: ended,
  } as const;
  const told = tell(observed, outcome, now);
  return wait > 0 ? { ...told, requeueAfter: wait } : { ...told, actions: [{ type: 'deletePod', pod }] };
}

/** The guest was started again as often as it may be; its pod stays for its log. */
function limit(observed: Observed, pod: Pod, end: End, power: Power, now: Date): Plan {
  const count = observed.vm.status?.restartCount ?? 0;
  const message = `${end.message}; it was started again ${count} times, as often as highAvailability.maxRestarts allows: start it by hand`;
  const outcome = { phase: 'Failed', reason: 'RestartLimit', message, progress: 'stalled' } as const;
  // Not put down as the last end: what is put down counts as restarted, and a higher limit is to let it go on.
  return tell(observed, { ...outcome, pod, power }, now);
}

/** The guest stays off, as its run strategy says. */
function rest(observed: Observed, pod: Pod, end: End, power: Power, now: Date): Plan {
  const { reason, message, time } = end;
  const ended = { reason, message, lastEnd: lastEnd(end, pod) };
  if (end.ending === 'failed') {
    return tell(observed, { ...ended, phase: 'Failed', progress: 'stalled', pod, power }, now);
  }
  const off: Power = { desired: 'Off', since: time, by: 'guest' };
  const outcome = { ...ended, phase: 'Stopped', progress: 'done', event: 'Normal', power: off } as const;
  return { ...tell(observed, outcome, now), actions: [{ type: 'deletePod', pod }] };
}

function lastEnd({ reason, time }: End, pod: Pod): { reason: string; time: string; podName: string } {
  return { reason, time, podName: pod.metadata.name };
}

function endOf(observed: Observed, pod: Pod, now: Date): End {
  const qemu = qemuEnd(pod);
  const exit = machineExit(observed, pod);
  const time = qemu?.finishedAt ?? exit?.time ?? now.toISOString();
  if (exit) return { ...ofExit(exit, pod), time };
  if (qemu?.exitCode === 0) return { ...poweredDown, time };
  const detail = qemu?.message ?? pod.status?.message ?? pod.status?.reason ?? 'no reason is known';
  const message = `QEMU ended with code ${qemu?.exitCode ?? 'unknown'}: ${detail.trim()}`;
  return { ending: 'failed', reason: 'QemuFailed', message, time };
}

const poweredDown = {
  ending: 'succeeded',
  reason: 'GuestPoweredDown',
  message: 'The guest powered itself down',
} as const;

function ofExit({ reason, message }: MachineExit, pod: Pod): Omit<End, 'time'> {
  switch (reason) {
    case 'guest-shutdown':
    case 'guest-reset':
      return poweredDown;
    case 'host-suspended':
      return { ending: 'succeeded', reason: SUSPENDED, message: suspendedMessage };
    case 'guest-panic':
      return { ending: 'failed', reason: 'GuestPanicked', message: message ?? 'The guest panicked' };
    // We ask by deleting the pod. One that was not deleted was ended by its node: an eviction, or a shutdown.
    case 'host-powerdown':
    case 'host-forced':
    case 'migrated': {
      const why = pod.status?.message ?? pod.status?.reason ?? message ?? 'it gave no reason';
      return { ending: 'failed', reason: 'EndedByNode', message: `The node ended the pod: ${why}` };
    }
    case 'qemu-error':
      return { ending: 'failed', reason: 'QemuFailed', message: qemuFailure(pod, message) };
  }
}

/** The end of the container's log, where QEMU says what the launcher cannot know. */
function qemuFailure(pod: Pod, message = 'QEMU failed'): string {
  const log = qemuEnd(pod)?.message?.trim();
  return log ? `${message} ${log}` : message;
}
