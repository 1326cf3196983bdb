/** What to do about one VMSnapshotSchedule. Pure. */
import type { VMSnapshot, VMSnapshotScheduleStatus } from '@hypersdk/api';
import { earliest } from '../earliest.ts';
import type { PlannedEvent } from '../virtual-machine/plan/actions.ts';
import { deadlineOf, dueTime, followed, pastOf } from './due.ts';
import { idle, obstacleOf } from './obstacle.ts';
import type { ObservedSchedule } from './observed.ts';
import { scheduledSnapshot } from './scheduled-snapshot.ts';
import { scheduleStatus, type Times, type Told } from './status.ts';
import { surplus } from './surplus.ts';
import { timetable, type Timetable } from './timetable.ts';

export interface SchedulePlan {
  readonly status: VMSnapshotScheduleStatus;
  readonly create?: VMSnapshot;
  /** There are enough newer ones. */
  readonly remove: readonly VMSnapshot[];
  readonly event?: PlannedEvent;
  /** Milliseconds until the next time. */
  readonly requeueAfter?: number | undefined;
}

export function planSchedule(observed: ObservedSchedule, now: Date): SchedulePlan {
  const { spec } = observed.schedule;
  const remove = surplus(observed);
  const times = timetable(spec);
  const resting = (told: Told): SchedulePlan => ({
    status: scheduleStatus(observed, told, pastOf(observed), now),
    remove,
  });
  if ('problem' in times) {
    return resting({ isReady: false, isStalled: true, reason: 'InvalidSchedule', message: times.problem });
  }
  if (spec.suspend) {
    return resting({
      isReady: true,
      reason: 'Suspended',
      message: 'None is taken while spec.suspend is true',
    });
  }
  return { ...planTimes(observed, times, now), remove };
}

type TimesPlan = Omit<SchedulePlan, 'remove'>;

function planTimes(observed: ObservedSchedule, timetable: Timetable, now: Date): TimesPlan {
  const { schedule } = observed;
  const following = followed(schedule, now);
  const next = timetable.nextAfter(now);
  const times = { ...pastOf(observed), following, nextScheduleTime: next?.toISOString() };
  const requeueAfter = next && next.getTime() - now.getTime();
  const due = dueTime(timetable.lastUntil(now), times);
  const told = idle(observed, next);
  if (!due) return { status: scheduleStatus(observed, told, times, now), requeueAfter };
  const untilDeadline = deadlineOf(schedule, due) - now.getTime();
  if (untilDeadline < 0) return { ...missed(observed, due, told, times, now), requeueAfter };
  const obstacle = obstacleOf(observed);
  if (obstacle !== undefined) {
    const message = `${obstacle}; the snapshot of ${due.toISOString()} waits`;
    const status = scheduleStatus(observed, { isReady: false, reason: 'Waiting', message }, times, now);
    return { status, requeueAfter: earliest(requeueAfter, untilDeadline + 1) };
  }
  return { ...begun(observed, due, told, times, now), requeueAfter };
}

function missed(observed: ObservedSchedule, due: Date, told: Told, times: Times, now: Date): TimesPlan {
  const { startingDeadlineSeconds = 0 } = observed.schedule.spec;
  const lastMissedTime = due.toISOString();
  const why = obstacleOf(observed) ?? 'nobody looked at it';
  const message = `No snapshot was begun within ${startingDeadlineSeconds} s of ${lastMissedTime}: ${why}`;
  return {
    status: scheduleStatus(observed, told, { ...times, lastMissedTime }, now),
    event: { type: 'Warning', reason: 'ScheduleMissed', message },
  };
}

function begun(observed: ObservedSchedule, due: Date, told: Told, times: Times, now: Date): TimesPlan {
  const create = scheduledSnapshot(observed.schedule, due);
  const lastScheduleTime = due.toISOString();
  return {
    status: scheduleStatus(observed, told, { ...times, lastScheduleTime }, now),
    create,
    event: {
      ...{ type: 'Normal', reason: 'SnapshotScheduled' },
      message: `VMSnapshot ${create.metadata.name} is to be taken`,
    },
  };
}
