/** Whether and when a guest that ended by itself is started again. */
import { parseDuration, runStrategyOf, type VirtualMachine } from '@hypersdk/api';

const FIRST_DELAY_MS = 5000;
const LAST_DELAY_MS = 300_000;
/** A guest that ran this long was well; its next failure starts a new count. */
const WELL_AFTER_MS = 600_000;

export type Ending = 'succeeded' | 'failed';

/** Whether the guest is to run again after this ending. */
export function isRestarted(vm: VirtualMachine, ending: Ending): boolean {
  switch (restartPolicy(vm)) {
    case 'Always':
      return withinLimit(vm);
    case 'OnFailure':
      return ending === 'failed' && withinLimit(vm);
    case 'Never':
      return false;
  }
}

function restartPolicy(vm: VirtualMachine): 'Always' | 'OnFailure' | 'Never' {
  const { highAvailability } = vm.spec;
  if (highAvailability?.enabled) return highAvailability.restartPolicy;
  switch (runStrategyOf(vm.spec)) {
    case 'Always':
      return 'Always';
    case 'RerunOnFailure':
      return 'OnFailure';
    case 'Manual':
    case 'Halted':
      return 'Never';
  }
}

function withinLimit(vm: VirtualMachine): boolean {
  const limit = vm.spec.highAvailability?.maxRestarts;
  return limit === undefined || (vm.status?.restartCount ?? 0) < limit;
}

/** The count after this end; it starts anew after a run that went well. */
export function nextRestartCount(vm: VirtualMachine, end: Date): number {
  const start = Date.parse(vm.status?.startTime ?? '');
  const ranWell = end.getTime() - start > WELL_AFTER_MS;
  return ranWell ? 1 : (vm.status?.restartCount ?? 0) + 1;
}

/** Milliseconds until the guest may be started again: exponential from its last end. */
export function restartWait(vm: VirtualMachine, now: Date): number {
  const { lastEnd, restartCount = 0 } = vm.status ?? {};
  if (!lastEnd || restartCount === 0) return 0;
  const first = vm.spec.highAvailability
    ? parseDuration(vm.spec.highAvailability.restartDelay)
    : FIRST_DELAY_MS;
  const delay = Math.min(LAST_DELAY_MS, first * 2 ** (restartCount - 1));
  return Math.max(0, Date.parse(lastEnd.time) + delay - now.getTime());
}
