import type { Pod } from '@hypersdk/kube';
import type { Plan } from './actions.ts';
import type { Observed } from '../observed.ts';
import type { Power } from './power.ts';
import { tell } from '../status/status.ts';

/** Deleting the pod powers the guest down: its preStop hook waits for that, within the grace period. */
export function planStop(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  const told = waitForEnd(observed, pod, power, now);
  if (pod.metadata.deletionTimestamp) return told;
  return { ...told, actions: [{ type: 'deletePod', pod, ...stopGrace(observed, pod) }] };
}

export function waitForEnd(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  const restarting = power.desired === 'On';
  const told = tell(
    observed,
    {
      phase: 'Stopping',
      reason: restarting ? 'Restarting' : 'PoweringDown',
      message: 'The guest is powering down',
      progress: 'progressing',
      pod,
      power,
    },
    now,
  );
  if (
    !pod.metadata.deletionTimestamp ||
    !isForced(observed) ||
    (pod.metadata.deletionGracePeriodSeconds ?? 0) <= FORCED
  )
    return told;
  return { ...told, actions: [{ type: 'deletePod', pod, gracePeriodSeconds: FORCED }] };
}

export function planHalted(observed: Observed, power: Power, now: Date): Plan {
  return tell(
    observed,
    { phase: 'Stopped', reason: 'Halted', message: 'The guest is off', progress: 'done', power },
    now,
  );
}

/** One second: with zero the API server would forget the pod while QEMU may still be running. */
const FORCED = 1;

function isForced({ operations }: Observed): boolean {
  return operations.some(
    ({ spec, status }) => spec.force && status?.phase === 'Running' && spec.operation !== 'start',
  );
}

export function stopGrace(observed: Observed, _pod: Pod): { gracePeriodSeconds?: number } {
  return isForced(observed) ? { gracePeriodSeconds: FORCED } : {};
}

/** Whom to listen to while a machine is on its way. */
export function followable({ machine }: Observed): Pick<Plan, 'follow'> {
  return machine.type === 'none' ? {} : { follow: machine.address };
}
