/** What to do about one VMSnapshot. Pure. */
import type { SnapshotPlan } from './actions.ts';
import type { ObservedSnapshot } from './observed.ts';
import { withFollowedDisks } from './followed-disks.ts';
import { ownerActions } from './owners.ts';
import { planCreating, planPending } from './plan-creation.ts';
import { planDeletion } from './plan-deletion.ts';
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

/** Where its disks are comes first: what is decided then rests on it. It owns those before its status says so. */
function planKept(before: ObservedSnapshot, now: Date): SnapshotPlan {
  const snapshot = withFollowedDisks(before);
  const observed = { ...before, snapshot };
  const claimNames = snapshot.status?.disks?.flatMap(({ pvc }) => pvc ?? []) ?? [];
  const planned = planReady(observed, now);
  const status = { ...planned.status, observedGeneration: snapshot.metadata.generation ?? 0 };
  return { ...planned, status, actions: [...ownerActions(observed, claimNames), ...planned.actions] };
}
