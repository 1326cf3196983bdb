import type { Pod } from '@hypersdk/kube';
import { renewalTime } from '../../launchers/trust.ts';
import type { Observed } from '../observed.ts';
import type { Plan } from './actions.ts';
import type { Power } from './power.ts';
import { wantedMachine } from './wanted-machine.ts';

/** Milliseconds that kubelet may take to carry a changed Secret into the pod: its cache and its sync, a minute each. */
const PROPAGATION = 180_000;

/** Whether the launcher's certificate is to be renewed, now or later. What it uses is its own word, not our memory. */
export function planRenewal(
  observed: Observed,
  pod: Pod,
  power: Power,
  now: Date,
): Pick<Plan, 'actions' | 'requeueAfter'> {
  const due = dueTime(observed);
  if (!due) return { actions: [] };
  if (due > now) return { actions: [], requeueAfter: due.getTime() - now.getTime() };
  const onItsWay = (observed.identity.written?.getTime() ?? 0) + PROPAGATION - now.getTime();
  if (onItsWay > 0) return { actions: [], requeueAfter: onItsWay };
  const machine = wantedMachine(observed, pod, power);
  const actions = machine ? ([{ type: 'renewSecret', pod, machine }] as const) : [];
  return { actions, requeueAfter: PROPAGATION };
}

/** Undefined where nothing is known: the launcher does not answer, or is too old to say. */
function dueTime({ machine, identity }: Observed): Date | undefined {
  switch (machine.type) {
    case 'none':
      return undefined;
    case 'unreachable':
      return machine.isDistrusted ? new Date(0) : undefined;
    case 'state':
      return machine.state.identity && renewalTime(machine.state.identity, identity);
  }
}
