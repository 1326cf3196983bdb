import type { MachineState } from '@hypersdk/api';

/** Milliseconds after its start at which a guest has booted, and its launcher has measured QEMU again. */
const SETTLED_MS = 90_000;

/**
 * Milliseconds until a machine is to be looked at once more. What QEMU takes grows while its guest boots, and no event
 * tells of that. Undefined of one that started before, or not yet.
 */
export function untilSecondLook({ startTime }: MachineState, now: Date): number | undefined {
  if (startTime === undefined) return undefined;
  const left = Date.parse(startTime) + SETTLED_MS - now.getTime();
  // A node's clock may be ahead.
  return left > 0 ? Math.min(left, SETTLED_MS) : undefined;
}
