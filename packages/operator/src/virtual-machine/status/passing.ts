import { isConditionTrue, type VirtualMachineStatus } from '@hypersdk/api';
import { isSameJson } from '../../same-json.ts';
import type { Plan } from '../plan/actions.ts';

/** Milliseconds after which a start that takes its time tells how far it is. */
export const START_PATIENCE = 10_000;

/**
 * Whether a status only says how far a start is: an image is imported, a node is found, containers start, disks are
 * made. That changes several times a second, and each step is old before anybody has read it. Of a new VM whose claims
 * are bound at once, nothing is said until its pod is made.
 */
export function isPassing(before: VirtualMachineStatus = {}, { status, events }: Plan): boolean {
  const isNew = before.phase === undefined;
  const isNext = isUnderWay(before) && isSameStart(before, status);
  return isUnderWay(status) && (isNew || isNext) && events.length === 0 && !isSameJson(before, status);
}

function isUnderWay({ phase, conditions }: VirtualMachineStatus): boolean {
  return (phase === 'Pending' || phase === 'Creating') && isConditionTrue(conditions, 'Reconciling');
}

function isSameStart(before: VirtualMachineStatus, status: VirtualMachineStatus): boolean {
  // Nothing goes on before it is on record what the disks go back to.
  const isReverting = !isSameJson(before.reverting, status.reverting);
  const isOfSameSpec = before.observedGeneration === status.observedGeneration;
  return before.phase === status.phase && isOfSameSpec && !isReverting;
}
