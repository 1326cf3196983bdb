/** What a migration would take, as far as can be told before it. Pure. */
import { formatBytes, type OperationCheck, parseBandwidth, parseBytes, parseDuration } from '@hypersdk/api';
import type { ObservedMigration } from './observed.ts';

/** Bytes a second where no bandwidth is given: a network of 1 Gbit/s. */
const USUAL_BANDWIDTH = 125_000_000;
/** Of the time that a guest is held up at most, what is left of its changes. */
const MOST_SLOWED = 0.01;

export interface Estimate {
  readonly method: 'memory' | 'memory, the guest slowed down' | 'the guest, then its memory';
  /** Until the guest runs there; undefined where it may never. */
  readonly seconds: number | undefined;
  /** Longest pause, in milliseconds. */
  readonly downtime: number;
}

/** Says what is to be known, and stands in nobody's way. */
export function estimateCheck(observed: ObservedMigration): OperationCheck[] {
  const { dirtyRate } = observed;
  const found = estimate(observed);
  if (!found || dirtyRate === undefined) return [];
  const { method, seconds, downtime } = found;
  const time =
    seconds === undefined ? 'may never come to its end: allow autoConverge or postCopy' : `${seconds} s`;
  const changes = `the guest changes ${formatBytes(dirtyRate)} a second`;
  return [
    {
      check: 'estimate',
      ok: true,
      reason: `${changes}; ${method}: ${time}, with a pause of ${downtime} ms at most`,
    },
  ];
}

/** Undefined where nobody could tell how much the guest changes. Disks that are copied come on top. */
export function estimate({ operation, vm, dirtyRate }: ObservedMigration): Estimate | undefined {
  const memory = vm?.status?.resources?.memory;
  if (dirtyRate === undefined || memory === undefined) return undefined;
  const { bandwidth, maxDowntime, autoConverge = true, postCopy } = operation.spec.migrateSpec ?? {};
  const speed = bandwidth === undefined ? USUAL_BANDWIDTH : parseBandwidth(bandwidth);
  const asked = maxDowntime === undefined ? undefined : parseDuration(maxDowntime);
  const all = parseBytes(memory) / speed;
  // Each pass sends what was changed during the one before.
  const at = (rate: number): number => Math.ceil((all * speed) / (speed - rate));
  if (dirtyRate < speed) return { method: 'memory', seconds: at(dirtyRate), downtime: asked ?? 50 };
  if (postCopy)
    return { method: 'the guest, then its memory', seconds: Math.ceil(PASSES * all), downtime: asked ?? 50 };
  const slowest = dirtyRate * MOST_SLOWED;
  const method = 'memory, the guest slowed down';
  const downtime = asked ?? 1000;
  const converges = autoConverge && slowest < speed;
  return { method, downtime, seconds: converges ? Math.ceil(PASSES * all) + at(slowest) : undefined };
}

/** Before the launcher knows that slowing the guest down is needed, or not enough. */
const PASSES = 4;
