import type { FailedDisk } from '../../qemu/query.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import type { GoOn } from './action.ts';
import type { Plan } from './planned.ts';

/** What a volume must have free for its guest to be let go on, in bytes; less would be full again at once. */
const ROOM = 1024 ** 2;
/** Seconds. Nothing tells of room in a volume, so it is looked for. */
const LOOK_AGAIN = 3;
/** Seconds between two attempts: a volume may say that it has room and have none. */
const FIRST_WAIT = 5;
const LONGEST_WAIT = 300;

/** Lets a guest that waits for room go on once there is some, and one whose disk was away once it is served again. */
export function planFullDisk(
  observed: Observed,
  { status, failedDisk }: RunningQemu,
  now: Date,
): Pick<Plan, 'actions' | 'wakeAt'> {
  const { spec, lastGoOn } = observed;
  if (status !== 'io-error' || spec.power !== 'on' || !failedDisk) return { actions: [] };
  const cured = isCured(observed, failedDisk);
  if (cured === undefined) return { actions: [] };
  const earliest = lastGoOn ? later(lastGoOn.time, lastGoOn.wait) : now;
  if (cured && earliest <= now) {
    return { actions: [{ type: 'go-on', lastGoOn: { time: now, wait: nextWait(lastGoOn, now) } }] };
  }
  return { actions: [], wakeAt: later(now, LOOK_AGAIN) };
}

/** Undefined where it cannot be known. A volume of another pod does not say what room it has: it is tried. */
function isCured({ spec, freeBytes }: Observed, { name, noSpace }: FailedDisk): boolean | undefined {
  if (spec.attachments?.some(({ disk }) => disk === name)) return true;
  return noSpace && freeBytes !== undefined ? freeBytes >= ROOM : undefined;
}

/** Longer each time, and short again for a guest that has run on for a while. */
function nextWait(last: GoOn | undefined, now: Date): number {
  const ranOn = !last || now > later(last.time, 2 * last.wait + LOOK_AGAIN);
  return ranOn ? FIRST_WAIT : Math.min(last.wait * 2, LONGEST_WAIT);
}

const later = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
