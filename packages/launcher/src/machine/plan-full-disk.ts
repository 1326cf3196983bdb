import type { Observed, RunningQemu } from './observed.ts';
import type { Plan } from './plan.ts';

/** What a volume must have free for its guest to be let go on, in bytes; less would be full again at once. */
const ROOM = 1024 ** 2;
/** Seconds. Nothing tells of room in a volume, so it is looked for. */
const LOOK_AGAIN = 3;
/** Seconds between two attempts: a volume may say that it has room and have none. */
const FIRST_WAIT = 5;
const LONGEST_WAIT = 300;

/** When a guest was last let go on after its disk had been full. */
export interface GoOn {
  readonly time: Date;
  /** Seconds until it may be again. */
  readonly wait: number;
}

/** Lets a guest that waits for room go on once there is some. */
export function planFullDisk(
  { spec, freeBytes, lastGoOn }: Observed,
  { status, failedDisk }: RunningQemu,
  now: Date,
): Pick<Plan, 'actions' | 'wakeAt'> {
  const isWaiting = status === 'io-error' && failedDisk?.noSpace === true && spec.power === 'on';
  if (!isWaiting || freeBytes === undefined) return { actions: [] };
  const earliest = lastGoOn ? later(lastGoOn.time, lastGoOn.wait) : now;
  if (freeBytes >= ROOM && earliest <= now) {
    return { actions: [{ type: 'go-on', lastGoOn: { time: now, wait: nextWait(lastGoOn, now) } }] };
  }
  return { actions: [], wakeAt: later(now, LOOK_AGAIN) };
}

/** Longer each time, and short again for a guest that has run on for a while. */
function nextWait(last: GoOn | undefined, now: Date): number {
  const ranOn = !last || now > later(last.time, 2 * last.wait + LOOK_AGAIN);
  return ranOn ? FIRST_WAIT : Math.min(last.wait * 2, LONGEST_WAIT);
}

const later = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
