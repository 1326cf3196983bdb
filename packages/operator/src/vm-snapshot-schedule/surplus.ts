import type { VMSnapshot } from '@hypersdk/api';
import type { ObservedSchedule } from './observed.ts';

/**
 * Snapshots that there are enough newer ones of. Those of a former VM of the name are left alone: they may be all that there
 * is of it.
 */
export function surplus({ schedule, vm, snapshots }: ObservedSchedule): VMSnapshot[] {
  const { keep, keepFailed } = schedule.spec;
  const failed = snapshots.filter(({ status }) => status?.phase === 'Failed');
  return [...readyOf({ vm, snapshots }).slice(keep), ...failed.slice(keepFailed)];
}

export function readyOf({ vm, snapshots }: Pick<ObservedSchedule, 'vm' | 'snapshots'>): VMSnapshot[] {
  return snapshots.filter(
    ({ status }) =>
      (status?.phase === 'Ready' || status?.phase === 'Expired') && vm && status.vmUid === vm.metadata.uid,
  );
}

/** What is still being taken; the next one waits for it. */
export function activeOf({ snapshots }: Pick<ObservedSchedule, 'snapshots'>): VMSnapshot | undefined {
  return snapshots.find(
    ({ status }) => status?.phase === undefined || status.phase === 'Pending' || status.phase === 'Creating',
  );
}
