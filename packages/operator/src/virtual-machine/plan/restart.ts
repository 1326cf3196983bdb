/** Whether and when a guest that ended by itself is started again. */
import { parseDuration, runStrategyOf, type VirtualMachine } from '@hypersdk/api';

const FIRST_DELAY_MS = 5000;
const LAST_DELAY_MS = 300_000;
/** A guest that ran this long was well; its next failure starts a new count. */
const WELL_AFTER_MS = 600_000;

export type Ending = 'succeeded' | 'failed';

/** One end of the guest, of the run in one pod. */
export interface GuestEnd {
  readonly ending: Ending;
  readonly time: Date;
  readonly podName: string;
}

/** What follows: the guest runs again, is left as its policy says, or has failed as often as it may. */
export function afterEnd(vm: VirtualMachine, end: GuestEnd): 'restart' | 'rest' | 'limit' {
  const policy = restartPolicy(vm);
  if (policy === 'Never' || (policy === 'OnFailure' && end.ending === 'succeeded')) return 'rest';
  const limit = vm.spec.highAvailability?.maxRestarts;
  return limit === undefined || countedRestarts(vm, end) <= limit ? 'restart' : 'limit';
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

/** The restarts with the one after this end, which counts once; the count starts anew after a run that went well. */
export function countedRestarts({ status }: VirtualMachine, { time, podName }: GuestEnd): number {
  const count = status?.restartCount ?? 0;
  if (status?.lastEnd?.podName === podName) return count;
  const start = Date.parse(status?.startTime ?? '');
  const ranWell = time.getTime() - start > WELL_AFTER_MS;
  return ranWell ? 1 : count + 1;
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
