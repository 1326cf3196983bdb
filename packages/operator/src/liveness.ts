/**
 * Whether a restart would help: something in this process stands still. An API server that is away is no reason, as
 * whoever waits for it asks again and again, and what has asked is alive.
 */
import type { WorkQueue } from '@hypersdk/kube';

/** Milliseconds. A reconcile ends within a minute and a watch is never silent for two, whatever happens outside. */
const STUCK = 600_000;

export interface Vitals {
  readonly queues: Iterable<Pick<WorkQueue, 'longestWork' | 'longestWait'>>;
  /** By performance.now(), when each watch last asked or heard anything. */
  readonly watches: Iterable<{ readonly activeAt: number }>;
}

export function isAlive({ queues, watches }: Vitals, now = performance.now()): boolean {
  const isMoving = [...queues].every(
    ({ longestWork, longestWait }) => longestWork < STUCK && longestWait < STUCK,
  );
  return isMoving && [...watches].every(({ activeAt }) => now - activeAt < STUCK);
}
