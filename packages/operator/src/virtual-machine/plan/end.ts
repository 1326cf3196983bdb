import type { Pod } from '@hypersdk/kube';
import type { Plan } from './actions.ts';
import { qemuEnd } from '../pod/epoch.ts';
import type { Observed } from '../observed.ts';
import { planStop } from './stop.ts';
import type { Power } from './power.ts';
import { isRestarted, nextRestartCount, restartWait, type Ending } from './restart.ts';
import { tell } from '../status/status.ts';

interface End {
  readonly ending: Ending;
  readonly reason: string;
  readonly message: string;
  readonly time: string;
}

/** QEMU has ended though nobody deleted its pod: the guest powered itself down, or something failed. */
export function planEnd(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  if (power.desired === 'Off' || isStartAsked(observed)) return planStop(observed, pod, power, now);
  const end = endOf(observed, pod, now);
  if (!isRestarted(observed.vm, end.ending)) return rest(observed, pod, end, power, now);
  return restart(observed, pod, end, power, now);
}

function isStartAsked({ operations }: Observed): boolean {
  return operations.some(
    ({ spec, status }) => status?.phase === 'Running' && ['start', 'restart'].includes(spec.operation),
  );
}

/** The pod stays until its successor's time has come: it holds the log that says why. */
function restart(observed: Observed, pod: Pod, end: End, power: Power, now: Date): Plan {
  const { vm } = observed;
  const isNew = vm.status?.lastEnd?.podName !== pod.metadata.name;
  const restartCount = isNew ? nextRestartCount(vm, new Date(end.time)) : (vm.status?.restartCount ?? 1);
  const lastEnd = { reason: end.reason, time: end.time, podName: pod.metadata.name };
  const wait = restartWait({ ...vm, status: { ...vm.status, restartCount, lastEnd } }, now);
  const message = `${end.message}; it is started again`;
  const outcome = {
    phase: 'Pending',
    reason: end.reason,
    message,
    progress: 'progressing',
    pod,
    power,
    restartCount,
    lastEnd,
  } as const;
  const told = tell(observed, outcome, now);
  return wait > 0 ? { ...told, requeueAfter: wait } : { ...told, actions: [{ type: 'deletePod', pod }] };
}

/** The guest stays off, as its run strategy says. */
function rest(observed: Observed, pod: Pod, end: End, power: Power, now: Date): Plan {
  const lastEnd = { reason: end.reason, time: end.time, podName: pod.metadata.name };
  if (end.ending === 'failed') {
    const outcome = {
      phase: 'Failed',
      reason: end.reason,
      message: end.message,
      progress: 'stalled',
      pod,
      power,
      lastEnd,
    } as const;
    return tell(observed, outcome, now);
  }
  const off: Power = { desired: 'Off', since: end.time, by: 'guest' };
  const outcome = {
    phase: 'Stopped',
    reason: 'Halted',
    message: end.message,
    progress: 'done',
    power: off,
    lastEnd,
  } as const;
  return { ...tell(observed, outcome, now), actions: [{ type: 'deletePod', pod }] };
}

function endOf({ machine }: Observed, pod: Pod, now: Date): End {
  const qemu = qemuEnd(pod);
  const exit = machine.type === 'state' ? machine.state.exit : undefined;
  const time = qemu?.finishedAt ?? exit?.time ?? now.toISOString();
  if (qemu?.exitCode === 0) {
    return {
      ending: 'succeeded',
      reason: 'GuestPoweredDown',
      message: 'The guest powered itself down',
      time,
    };
  }
  const detail =
    exit?.message ?? qemu?.message ?? pod.status?.message ?? pod.status?.reason ?? 'no reason is known';
  return {
    ending: 'failed',
    reason: 'QemuFailed',
    message: `QEMU ended with code ${qemu?.exitCode ?? 'unknown'}: ${detail.trim()}`,
    time,
  };
}
