/** Which time of a schedule is still to be acted on. Pure. */
import type { VMSnapshotSchedule, VMSnapshotScheduleStatus } from '@hypersdk/api';
import { scheduledAt, type ObservedSchedule } from './observed.ts';
import type { Times } from './status.ts';

/** Times of a schedule that was another, or rested, are none that were missed. */
export function followed(
  { spec, status, metadata }: VMSnapshotSchedule,
  now: Date,
): NonNullable<VMSnapshotScheduleStatus['following']> {
  const schedule = `${spec.schedule} ${spec.timeZone}`;
  if (status?.following?.schedule === schedule) return status.following;
  const isNew = status?.observedGeneration === undefined;
  return { schedule, since: (isNew && metadata.creationTimestamp) || now.toISOString() };
}

/** An operator that died between a snapshot and its status has left the snapshot. */
export function pastOf({
  schedule: { status },
  snapshots: [newest],
}: ObservedSchedule): Pick<Times, 'lastScheduleTime' | 'lastMissedTime'> {
  const [lastScheduleTime] = [status?.lastScheduleTime, newest && scheduledAt(newest)]
    .filter((time) => time !== undefined)
    .sort()
    .reverse();
  return { lastScheduleTime, lastMissedTime: status?.lastMissedTime };
}

/** The last time, unless it has been acted on; earlier ones that were missed are not made up for. */
export function dueTime(
  last: Date | undefined,
  { following, lastScheduleTime, lastMissedTime }: Times,
): Date | undefined {
  const done = [following?.since, lastScheduleTime, lastMissedTime];
  return done.every((time) => time === undefined || isBefore(time, last)) ? last : undefined;
}

function isBefore(time: string, other: Date | undefined): boolean {
  return other !== undefined && Date.parse(time) < other.getTime();
}

/** Milliseconds since the epoch. */
export function deadlineOf({ spec: { startingDeadlineSeconds } }: VMSnapshotSchedule, due: Date): number {
  return startingDeadlineSeconds === undefined ? Infinity : due.getTime() + startingDeadlineSeconds * 1000;
}
