/** What is told of a spec that changed while the guest runs. */
import type { VirtualMachine, VirtualMachineStatus } from '@hypersdk/api';
import type { Reconfigured } from '../../metrics/outcomes.ts';
import type { PlannedEvent } from '../plan/actions.ts';

/** How a change has ended, if one has: in the running guest, by its next start, or not before that. */
export function reconfigured(
  { status: before }: Pick<VirtualMachine, 'status'>,
  after: VirtualMachineStatus,
): Reconfigured | undefined {
  if (newlyAwaiting(before, after).length > 0) return 'power_cycle_needed';
  return after.lastReconfigureTime === before?.lastReconfigureTime ? undefined : 'succeeded';
}

export function reconfigurationEvents(vm: VirtualMachine, after: VirtualMachineStatus): PlannedEvent[] {
  const outcome = reconfigured(vm, after);
  switch (outcome) {
    case 'power_cycle_needed': {
      const fields = newlyAwaiting(vm.status, after).join(', ');
      const message = `The running guest stays as it is in ${fields}, until its next start`;
      return [{ type: 'Warning', reason: 'ReconfigurePowerCycle', message }];
    }
    case undefined:
      return [];
    case 'succeeded': {
      const message = isPowerCycled(vm.status, after)
        ? 'What waited for a restart is as spec asks'
        : 'The running guest is as spec asks';
      return [{ type: 'Normal', reason: 'ReconfigureCompleted', message }];
    }
  }
}

/** Of a guest that runs, to which its launcher is given what spec asks for now. */
export function reconfigurationBegun({ status, metadata }: VirtualMachine): PlannedEvent[] {
  const isUp = status?.phase === 'Running' || status?.phase === 'Paused';
  if (!isUp || status.observedGeneration === metadata.generation) return [];
  const message = 'Spec has changed; the running guest is given what can be given to it';
  return [{ type: 'Normal', reason: 'ReconfigureStarted', message }];
}

type Status = VirtualMachine['status'];

function newlyAwaiting(before: Status, { restartAwaitingChanges = [] }: VirtualMachineStatus): string[] {
  const known = (before?.restartAwaitingChanges ?? []).map(({ field }) => field);
  return restartAwaitingChanges.map(({ field }) => field).filter((field) => !known.includes(field));
}

/** The next pod is up, and nothing waits any more. */
export function isPowerCycled(
  before: Status,
  { phase, restartAwaitingChanges = [] }: VirtualMachineStatus,
): boolean {
  const waited = before?.restartAwaitingChanges?.length ?? 0;
  return waited > 0 && restartAwaitingChanges.length === 0 && phase === 'Running';
}
