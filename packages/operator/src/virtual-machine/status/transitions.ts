/** The events that an outcome is worth: enough to follow a VM by, few enough to keep. */
import type { VirtualMachine, VirtualMachineStatus } from '@hypersdk/api';
import type { PlannedEvent } from '../plan/actions.ts';
import { drainEvents } from './draining.ts';
import { pluggingEvents } from './disk-changes.ts';
import { growthEvents } from './growth.ts';
import { reconfigurationEvents } from './reconfiguration.ts';
import { recommendationEvents } from './recommended.ts';
import type { Outcome } from './outcome.ts';

export function transitions(
  vm: VirtualMachine,
  outcome: Outcome,
  status: VirtualMachineStatus,
): PlannedEvent[] {
  return [
    ...changes(vm, outcome),
    ...reboots(vm, status.rebootCount ?? 0),
    ...recommendationEvents(vm, status),
    ...growthEvents(vm, status),
    ...pluggingEvents(vm, status),
    ...reconfigurationEvents(vm, status),
    ...drainEvents(vm, status),
  ];
}

/**
 * A change of phase, or of the reason for trouble or for something worth telling. That a start goes well is told by
 * its end; how it goes, by the pod's own events.
 */
function changes({ status }: VirtualMachine, outcome: Outcome): PlannedEvent[] {
  const { phase, reason, message, progress, event } = outcome;
  const before = status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
  const isReasonTold = progress === 'stalled' || event !== undefined;
  if (status?.phase === phase && (!isReasonTold || before === reason)) return [];
  if (event) return [{ type: event, reason, message }];
  const isTrouble = progress === 'stalled' || phase === 'Failed';
  if (!isTrouble && phase === 'Creating') return [];
  if (isTrouble) return [{ type: 'Warning', reason, message }];
  return [{ type: 'Normal', reason: phase, message: withPlace(outcome) }];
}

/** Where a guest runs is news when it begins to, and is found nowhere else once its pod is gone. */
function withPlace({ phase, message, pod }: Outcome): string {
  if (phase !== 'Running' || !pod) return message;
  return `${message} in pod ${pod.metadata.name} on node ${pod.spec?.nodeName ?? ''}`;
}

function reboots({ status }: VirtualMachine, count: number): PlannedEvent[] {
  if (count <= (status?.rebootCount ?? 0)) return [];
  const message = `The guest rebooted itself; ${count} times since its pod started`;
  return [{ type: 'Normal', reason: 'GuestRebooted', message }];
}
