/** When a schedule is due. */
import type { VMSnapshotScheduleSpec } from '@hypersdk/api';
import { Cron } from 'croner';

export interface Timetable {
  /** The last time that is not after this one. */
  readonly lastUntil: (time: Date) => Date | undefined;
  readonly nextAfter: (time: Date) => Date | undefined;
}

type Times = Pick<VMSnapshotScheduleSpec, 'schedule' | 'timeZone'>;

export function timetable({ schedule, timeZone }: Times): Timetable | { readonly problem: string } {
  if (!isTimeZone(timeZone)) {
    return { problem: `spec.timeZone: there is no time zone ${timeZone}; write for example Europe/Berlin` };
  }
  try {
    const cron = new Cron(schedule, { mode: '5-part', timezone: timeZone, paused: true });
    return {
      // What it is asked for is before a time, and whole minutes are never a millisecond apart.
      lastUntil: (time) => cron.previousRuns(1, new Date(time.getTime() + 1))[0],
      nextAfter: (time) => cron.nextRun(time) ?? undefined,
    };
  } catch (error) {
    return { problem: `spec.schedule: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
