/** How long a snapshot is kept. Pure. */
import { parseDuration, retentionOf, type VMSnapshot, type VMSnapshotStatus } from '@hypersdk/api';
import type { SnapshotPlan } from './actions.ts';
import type { ObservedSnapshot } from './observed.ts';
import { ofSameVm } from './of-vm.ts';
import { snapshotStatus } from './status.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export function planReady(observed: ObservedSnapshot, now: Date): SnapshotPlan {
  const { snapshot } = observed;
  const status = withLivingChain(observed);
  const expiry = expiryOf(snapshot);
  const over = isOverCount(observed)
    ? `There are ${retentionOf(snapshot.spec)?.keepCount ?? 0} newer ones, as many as retention.keepCount keeps`
    : expiry !== undefined && expiry <= now.getTime() && 'Its retention is over';
  if (over === false) return kept(snapshot, status, expiry, now);
  if (status.phase === 'Expired') return { status, actions: [], ...deleted(snapshot) };
  const told = { phase: 'Expired', reason: 'Expired', message: over } as const;
  return {
    ...{ status: snapshotStatus({ ...snapshot, status }, told, now), actions: [] },
    event: { type: 'Normal', reason: 'SnapshotExpired', message: over },
    ...deleted(snapshot),
  };
}

/** One that had expired is Ready again when somebody has it kept for longer. */
function kept(
  snapshot: VMSnapshot,
  status: VMSnapshotStatus,
  expiry: number | undefined,
  now: Date,
): SnapshotPlan {
  const told = { phase: 'Ready', reason: 'Ready', message: 'It is kept for longer' } as const;
  return {
    status: status.phase === 'Expired' ? snapshotStatus({ ...snapshot, status }, told, now) : status,
    actions: [],
    ...(expiry !== undefined && { requeueAfter: Math.min(expiry - now.getTime(), DAY_MS) }),
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
  retentionOf(spec)?.autoDelete ? { isDeleted: true } : {};

/** Milliseconds since the epoch; the earliest of all. */
function expiryOf({ spec, status }: VMSnapshot): number | undefined {
  const { keepDays, maxAge, expiresAt } = retentionOf(spec) ?? {};
  const taken = Date.parse(status?.creationTime ?? '');
  const times = [
    ...(expiresAt === undefined ? [] : [Date.parse(expiresAt)]),
    ...(keepDays === undefined ? [] : [taken + keepDays * DAY_MS]),
    ...(maxAge === undefined ? [] : [taken + parseDuration(maxAge)]),
  ];
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** Those of a former VM of the name are none of this one's. */
function isOverCount({ snapshot, family }: ObservedSnapshot): boolean {
  const { keepCount } = retentionOf(snapshot.spec) ?? {};
  if (keepCount === undefined) return false;
  const newer = ofSameVm(snapshot, family).filter(
    ({ status, metadata }) =>
      status?.phase === 'Ready' &&
      !metadata.deletionTimestamp &&
      (status.creationTime ?? '') > (snapshot.status?.creationTime ?? ''),
  );
  return newer.length >= keepCount;
}
