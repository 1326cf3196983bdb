/** What else may be done for a guest that changes its memory faster than that is sent. Pure. */
import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { MigrationFigures } from '../../qemu/migration/figures.ts';
import { MOST_THROTTLE } from '../../qemu/migration/send.ts';

/** Passes after which it is plain that it does not converge by itself. QEMU begins to slow the guest down after the second. */
const PASSES = 3;

/** First QEMU slows it down; then it goes before its memory where it may, or stands still for longer. */
export function convergence(
  outgoing: MachineOutgoing,
  { passes = 0, throttle = 0, expectedDowntime = Infinity, downtimeLimit = Infinity }: MigrationFigures,
): 'go-ahead-of-memory' | 'stand-longer' | undefined {
  const { autoConverge, postCopy } = outgoing;
  if (passes <= PASSES) return undefined;
  if (postCopy && (throttle > 0 || !autoConverge)) return 'go-ahead-of-memory';
  const isSlowed = throttle >= MOST_THROTTLE || !autoConverge;
  const mayStand = downtimeLimit < longestOf(outgoing) && expectedDowntime > downtimeLimit;
  return isSlowed && mayStand ? 'stand-longer' : undefined;
}

/** Milliseconds: twice as long as before. */
export function nextDowntime(outgoing: MachineOutgoing, { downtimeLimit }: MigrationFigures): number {
  return Math.min(2 * (downtimeLimit ?? outgoing.downtime), longestOf(outgoing));
}

const longestOf = ({ downtime, longestDowntime = downtime }: MachineOutgoing): number => longestDowntime;
