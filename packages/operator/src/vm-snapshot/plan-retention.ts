/** How long a snapshot is kept. Pure. */
import type { VMSnapshot, VMSnapshotStatus } from '@hypersdk/api';
import type { SnapshotPlan } from './actions.ts';
import type { ObservedSnapshot } from './observed.ts';
import { snapshotStatus } from './status.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export function planReady(observed: ObservedSnapshot, now: Date): SnapshotPlan {
  const { snapshot } = observed;
  const status = withLivingChain(observed);
  const expiry = expiryOf(snapshot);
  const tooMany = isOverCount(observed);
  if (!tooMany && (expiry === undefined || expiry > now.getTime())) {
    if (expiry === undefined) return { status, actions: [] };
    return { status, actions: [], requeueAfter: Math.min(expiry - now.getTime(), DAY_MS) };
  }
  if (status.phase === 'Expired') return { status, actions: [], ...deleted(snapshot) };
  const message = tooMany
    ? `There are ${snapshot.spec.retention?.keepCount ?? 0} newer ones, as many as retention.keepCount keeps`
    : 'Its retention is over';
  const told = { phase: 'Expired', reason: 'Expired', message } as const;
  return {
    ...{ status: snapshotStatus({ ...snapshot, status }, told, now), actions: [] },
    event: { type: 'Normal', reason: 'SnapshotExpired', message },
    ...deleted(snapshot),
  };
}

/** Snapshots that it stood on may have gone; what they held is in those that are left. */
function withLivingChain({ snapshot, family }: ObservedSnapshot): VMSnapshotStatus {
  const { snapshotChain: before = [], parentSnapshot: _, ...status } = snapshot.status ?? {};
  const snapshotChain = before.filter(
    (name) => name === snapshot.metadata.name || family.some(({ metadata }) => metadata.name === name),
  );
  const [, parentSnapshot] = snapshotChain;
  return { ...status, snapshotChain, ...(parentSnapshot !== undefined && { parentSnapshot }) };
}

const deleted = ({ spec }: VMSnapshot): Pick<SnapshotPlan, 'isDeleted'> =>
  spec.retention?.autoDelete ? { isDeleted: true } : {};

/** Milliseconds since the epoch; the earlier of the two. */
function expiryOf({ spec, status }: VMSnapshot): number | undefined {
  const { keepDays, expiresAt } = spec.retention ?? {};
  const times = [
    ...(expiresAt === undefined ? [] : [Date.parse(expiresAt)]),
    ...(keepDays === undefined ? [] : [Date.parse(status?.creationTime ?? '') + keepDays * DAY_MS]),
  ];
  return times.length > 0 ? Math.min(...times) : undefined;
}

function isOverCount({ snapshot, family }: ObservedSnapshot): boolean {
  const { keepCount } = snapshot.spec.retention ?? {};
  if (keepCount === undefined) return false;
  const newer = family.filter(
    ({ status, metadata }) =>
      status?.phase === 'Ready' &&
      !metadata.deletionTimestamp &&
      (status.creationTime ?? '') > (snapshot.status?.creationTime ?? ''),
  );
  return newer.length >= keepCount;
}
