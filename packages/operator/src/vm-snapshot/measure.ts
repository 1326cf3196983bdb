/** What is counted and measured of a VMSnapshot that was made, failed or has gone. */
import { findCondition, type VMSnapshot } from '@hypersdk/api';
import { millisecondsBetween } from '../metrics/milliseconds-between.ts';
import type { Outcomes } from '../metrics/outcomes.ts';
import type { SnapshotPlan } from './actions.ts';

/** It has been under way for as long as the condition says. */
const UNDER_WAY = { create: 'Creating', delete: 'Deleting' } as const;

export function measure(
  { snapshotted, paused }: Pick<Outcomes, 'snapshotted' | 'paused'>,
  snapshot: VMSnapshot,
  { counted, status }: SnapshotPlan,
  now: Date,
): void {
  if (!counted) return;
  const { action, outcome } = counted;
  const begun = findCondition(snapshot.status?.conditions, UNDER_WAY[action]);
  const since = begun?.status === 'True' ? begun.lastTransitionTime : undefined;
  snapshotted(action, outcome, millisecondsBetween(since, now.toISOString()));
  const isOfGuest = action === 'create' && status.vmState?.running === true;
  if (isOfGuest && status.pauseMilliseconds !== undefined) paused(status.pauseMilliseconds);
}
