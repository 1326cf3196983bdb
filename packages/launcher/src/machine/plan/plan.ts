import type { Action } from './action.ts';
import type { GoneQemu, Observed, RunningQemu } from '../observe/observed.ts';
import { planBoot } from './boot.ts';
import { planGuest } from './guest.ts';
import { planMemory } from './memory.ts';
import { awaited, planIncoming } from './incoming.ts';
import { type OutgoingPlan, planHandOver, planOutgoing } from './outgoing.ts';
import { planPowerdown } from './powerdown.ts';
import type { Plan } from './planned.ts';

/** What to do next. Pure: the same world at the same time gives the same plan. */
export function plan(observed: Observed, now: Date): Plan {
  const { qemu } = observed;
  switch (qemu.state) {
    case 'unlaunched':
      return planBoot(observed, now);
    case 'starting':
      return { phase: 'Starting', actions: [] };
    case 'running':
      return planRunning(observed, qemu, now);
    case 'reconnecting':
      return observed.record.exit
        ? { phase: 'PoweringDown', actions: [] }
        : reconnecting(observed, qemu.last, now);
    case 'gone':
      return planGone(observed, qemu, now);
  }
}

/** What was known a moment ago is said; nothing can be done before the connection is back. */
function reconnecting(observed: Observed, last: RunningQemu, now: Date): Plan {
  return { ...planGuest(observed, last, now), actions: [] };
}

function planRunning(observed: Observed, qemu: RunningQemu, now: Date): Plan {
  const { newReboots } = observed;
  const planned = planLiving(observed, qemu, now);
  if (!newReboots) return planned;
  return { ...planned, actions: [{ type: 'record-reboots', ...newReboots }, ...planned.actions] };
}

function planLiving(observed: Observed, qemu: RunningQemu, now: Date): Plan {
  // The reason is on record, so QEMU was told to quit; saying it again is for a launcher that died between.
  const { exit } = observed.record;
  if (exit) return { phase: 'PoweringDown', actions: [{ type: 'quit', reason: exit.reason }] };
  const incoming = awaited(observed);
  if (incoming) return planIncoming(observed, incoming, qemu, now);
  switch (qemu.status) {
    case 'shutdown':
      return ended(observed.record.powerdownSince ? 'host-powerdown' : 'guest-shutdown');
    case 'guest-panicked':
      return ended('guest-panic', 'The guest kernel panicked; its last words are in the console log.');
    case 'internal-error':
      return ended('qemu-error', 'QEMU met an internal error; see the log of the qemu container.');
    default: {
      // One whose guest has gone is not asked for it; it may be held up by the very connection that has to be let go.
      const isGivenOver = observed.record.migration?.state === 'handed-over';
      const outgoing = qemu.silent && !isGivenOver ? undefined : planOutgoing(observed, qemu, now);
      if (outgoing) return planMigrating(observed, qemu, outgoing, now);
      return (
        planMemory(observed, now) ?? planPowerdown(observed, qemu, now) ?? planGuest(observed, qemu, now)
      );
    }
  }
}

/** Nothing else is done with a guest on its way; it may power down until it stands still for the cut-over. */
function planMigrating(
  observed: Observed,
  qemu: RunningQemu,
  { actions, isHandedOver, wakeAt }: OutgoingPlan,
  now: Date,
): Plan {
  const isOwn = !isHandedOver && (qemu.status === 'running' || qemu.status === 'paused');
  const powerdown = isOwn ? planPowerdown(observed, qemu, now) : undefined;
  if (powerdown) return powerdown;
  return { phase: observed.spec.power === 'paused' ? 'Paused' : 'Running', actions, wakeAt };
}

type Quit = Extract<Action, { type: 'quit' }>;

function ended(reason: Quit['reason'], message?: string): Plan {
  return { phase: 'PoweringDown', actions: [{ type: 'quit', reason, ...(message && { message }) }] };
}

function planGone(observed: Observed, qemu: GoneQemu, now: Date): Plan {
  if (observed.record.exit) return { phase: 'Stopped', actions: [] };
  const { migration } = observed.record;
  // The guest is the target's, whatever became of the QEMU that sent it.
  if (migration?.state === 'handed-over') {
    const { actions, wakeAt } = planHandOver(observed, migration, now);
    return { phase: 'PoweringDown', actions: actions.map(withoutQemu), wakeAt };
  }
  const exit = qemu.declined ? poweredOffBeforeStart : unannouncedExit(qemu.shutdown);
  return { phase: 'PoweringDown', actions: [exit] };
}

/** It can neither be told to quit nor to go on. */
function withoutQemu(action: Action): Action {
  if (action.type === 'quit') return { ...action, type: 'record-exit' };
  return action.type === 'migrate' ? unannouncedExit(undefined) : action;
}

const poweredOffBeforeStart: Action = { type: 'record-exit', reason: 'host-powerdown' };

function unannouncedExit(shutdown: string | undefined): Action {
  if (shutdown === 'host-signal') {
    return { type: 'record-exit', reason: 'host-forced', message: 'QEMU was ended by a signal.' };
  }
  const message = 'QEMU ended on its own; see the log of the qemu container.';
  return { type: 'record-exit', reason: 'qemu-error', message };
}
