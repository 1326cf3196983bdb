/** What to do about one VMSnapshot. Pure. */
import type { SnapshotPlan } from './actions.ts';
import type { ObservedSnapshot } from './observed.ts';
import { planCreating, planPending } from './plan-creation.ts';
import { planDeletion } from './plan-deletion.ts';
import { followedDisks } from './followed-disks.ts';
import { planReady } from './plan-retention.ts';

export function planSnapshot(observed: ObservedSnapshot, now: Date): SnapshotPlan {
  const { status, metadata } = observed.snapshot;
  if (metadata.deletionTimestamp) return planDeletion(observed, now);
  switch (status?.phase) {
    case undefined:
    case 'Pending':
      return planPending(observed, now);
    case 'Creating':
      return planCreating(observed, now);
    case 'Ready':
    case 'Expired':
      return planKept(observed, now);
    case 'Failed':
    case 'Deleting':
      return { status, actions: [] };
  }
}

/** Where its disks are comes first: what is decided then rests on it. */
function planKept(observed: ObservedSnapshot, now: Date): SnapshotPlan {
  const { snapshot, actions } = followedDisks(observed);
  const planned = planReady({ ...observed, snapshot }, now);
  return { ...planned, actions: [...actions, ...planned.actions] };
}
