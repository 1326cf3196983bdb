import { machineDigest } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Action, Plan } from './actions.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';
import { machineExit } from './exit.ts';
import type { Power } from './power.ts';
import { isSuspended, SUSPENDED, suspendedMessage } from './suspended.ts';
import { tell } from '../status/status.ts';
import { wantedMachine } from './wanted-machine.ts';
import { isAtWorkAs } from '../../vm-operation/at-work.ts';

/** Deleting the pod powers the guest down: its preStop hook waits for that, within the grace period. */
export function planStop(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  const told = waitForEnd(observed, pod, power, now);
  if (pod.metadata.deletionTimestamp) return told;
  return { ...told, actions: [{ type: 'deletePod', pod, ...stopGrace(observed) }] };
}

export function waitForEnd(
  observed: Observed,
  pod: Pod,
  power: Power,
  now: Date,
  usual: Stopping = poweringDown(power),
): Plan {
  const outcome = { ...stopping(observed, pod, usual), pod, power };
  const told = { ...tell(observed, outcome, now), ...followable(observed) };
  if (!pod.metadata.deletionTimestamp || !isForced(observed)) return told;
  const isLong = (pod.metadata.deletionGracePeriodSeconds ?? 0) > FORCED;
  const shortened = isLong ? [{ type: 'deletePod', pod, gracePeriodSeconds: FORCED } as const] : [];
  return { ...told, actions: [...shortened, ...forcedMachine(observed, pod, power)] };
}

/** A kubelet that waits for the preStop hook already does not always hear of a shorter grace; the launcher does. */
function forcedMachine(observed: Observed, pod: Pod, power: Power): Action[] {
  const { machine } = observed;
  const wanted = wantedMachine(observed, pod, power);
  if (machine.type !== 'state' || machine.state.exit || machine.state.epoch !== wanted?.epoch) return [];
  const forced = { ...wanted, power: 'off', gracePeriod: FORCED } as const;
  if (machine.state.specDigest === machineDigest(forced)) return [];
  return [{ type: 'putMachine', address: machine.address, machine: forced }];
}

type Stopping = Omit<Outcome, 'pod' | 'power'>;

function poweringDown({ desired }: Power): Stopping {
  const reason = desired === 'Off' ? 'PoweringDown' : 'Restarting';
  return { phase: 'Stopping', reason, message: 'The guest is powering down', progress: 'progressing' };
}

/** A guest that did not go by itself in its time may have lost what it had not written: its user is told. */
function stopping(observed: Observed, pod: Pod, usual: Stopping): Stopping {
  const exit = machineExit(observed, pod);
  if (exit?.reason !== 'host-forced') return usual;
  const message = exit.message ?? 'The guest was switched off';
  return { ...usual, reason: 'GuestForcedOff', message, event: 'Warning' };
}

/** Whose wish it was that the guest is off is said, too. */
export function planHalted(observed: Observed, power: Power, now: Date): Plan {
  const told = isSuspended(observed.vm)
    ? { reason: SUSPENDED, message: suspendedMessage }
    : power.by === 'guest'
      ? { reason: 'GuestPoweredDown', message: 'The guest powered itself down; operation start starts it' }
      : { reason: 'Halted', message: 'The guest is off' };
  return tell(observed, { ...told, phase: 'Stopped', progress: 'done', power }, now);
}

/** One second: with zero the API server would forget the pod while QEMU may still be running. */
const FORCED = 1;

function isForced({ operations }: Observed): boolean {
  return operations.some(
    (operation) => operation.spec.force && isAtWorkAs(operation, 'stop', 'restart', 'delete'),
  );
}

export function stopGrace(observed: Observed): { gracePeriodSeconds?: number } {
  return isForced(observed) ? { gracePeriodSeconds: FORCED } : {};
}

/** Whom to listen to while a machine is on its way. */
export function followable({ machine }: Observed): Pick<Plan, 'follow'> {
  return machine.type === 'none' ? {} : { follow: machine.address };
}
