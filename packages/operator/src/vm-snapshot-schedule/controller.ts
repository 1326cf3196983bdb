/** Which events concern which VMSnapshotSchedule, and what one reconcile does. */
import type { VMSnapshot } from '@hypersdk/api';
import { ApiError, keyOf, type Result, type WorkQueue } from '@hypersdk/kube';
import { scheduleOf } from '../cache-indexes.ts';
import { unlessGone, unlessThere } from '../idempotent.ts';
import { VMSnapshots } from '../resources.ts';
import { observeSchedule, type ObservedSchedule } from './observed.ts';
import { planSchedule } from './plan.ts';
import { scheduleStatus } from './status.ts';
import type { Context } from '../context.ts';

export async function reconcileSchedule(context: Context, key: string, signal: AbortSignal): Promise<Result> {
  const { client, own, recorder } = context;
  const schedule = own.snapshotSchedules.get(key);
  if (!schedule || schedule.metadata.deletionTimestamp) return {};
  const observed = observeSchedule(context, schedule);
  const { status, create, remove, event, requeueAfter } = planSchedule(observed, new Date());
  if (create) await createSnapshot(context, observed, create, signal);
  await own.snapshotSchedules.writeStatus(schedule, status, signal);
  if (event) recorder.event(schedule, event.type, event.reason, event.message);
  for (const { metadata } of remove) {
    await unlessGone(client.delete(VMSnapshots, metadata, { uid: metadata.uid, signal }));
  }
  return { requeueAfter };
}

/** What the API server refuses, such as for a quota, is told, and tried again. */
async function createSnapshot(
  { client, own }: Context,
  observed: ObservedSchedule,
  snapshot: VMSnapshot,
  signal: AbortSignal,
): Promise<void> {
  try {
    await unlessThere(client.create(VMSnapshots, snapshot, { signal }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { schedule } = observed;
    const { following, lastScheduleTime, lastMissedTime, nextScheduleTime } = schedule.status ?? {};
    const times = { following, lastScheduleTime, lastMissedTime, nextScheduleTime };
    const told = { isReady: false, reason: 'SnapshotRefused', message: error.message };
    const status = scheduleStatus(observed, told, times, new Date());
    await own.snapshotSchedules.writeStatus(schedule, status, signal);
    throw error;
  }
}

export function enqueueSchedules({ caches }: Context, queue: WorkQueue): void {
  caches.snapshotSchedules.subscribe(({ object }) => {
    queue.add(keyOf(object));
  });
  caches.snapshots.subscribe(({ object }) => {
    for (const schedule of scheduleOf(object)) queue.add(schedule);
  });
  caches.virtualMachines.subscribe((change) => {
    // Whether it is there, and whether it goes, is all that is asked of it.
    if (
      change.type === 'modified' &&
      change.previous.metadata.deletionTimestamp === change.object.metadata.deletionTimestamp
    )
      return;
    for (const schedule of caches.snapshotSchedules.byIndex('vm', keyOf(change.object)))
      queue.add(keyOf(schedule));
  });
}
