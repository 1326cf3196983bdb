import { findCondition } from '@hypersdk/api';
import type { ObservedSchedule } from './observed.ts';
import type { Told } from './status.ts';
import { activeOf } from './surplus.ts';

/** What the snapshot of a time that has come waits for. */
export function obstacleOf(observed: ObservedSchedule): string | undefined {
  const { vm, schedule } = observed;
  const name = `VirtualMachine ${schedule.spec.vmRef.name}`;
  if (!vm) return `${name} does not exist`;
  if (vm.metadata.deletionTimestamp) return `${name} is being deleted`;
  const active = activeOf(observed);
  return active && `VMSnapshot ${active.metadata.name} is not ready yet`;
}

/** A schedule whose last snapshot failed is not as it should be, though it goes on. */
export function idle({ snapshots: [newest] }: ObservedSchedule, next: Date | undefined): Told {
  const when = next ? `The next is taken at ${next.toISOString()}` : 'It has no further time';
  if (newest?.status?.phase !== 'Failed') return { isReady: true, reason: 'Scheduled', message: when };
  const why = findCondition(newest.status.conditions, 'Ready')?.message ?? 'it failed';
  return { isReady: false, reason: 'SnapshotFailed', message: `${newest.metadata.name}: ${why}. ${when}` };
}
