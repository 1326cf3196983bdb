import { setCondition, type VMSnapshotScheduleStatus } from '@hypersdk/api';
import type { ObservedSchedule } from './observed.ts';
import { activeOf, readyOf } from './surplus.ts';

export interface Told {
  readonly isReady: boolean;
  /** Nothing comes of it until somebody changes its spec. */
  readonly isStalled?: boolean;
  readonly reason: string;
  readonly message: string;
}

export type Times = Pick<
  VMSnapshotScheduleStatus,
  'following' | 'lastScheduleTime' | 'lastMissedTime' | 'nextScheduleTime'
>;

export function scheduleStatus(
  observed: ObservedSchedule,
  { isReady, isStalled = false, reason, message }: Told,
  times: Times,
  now: Date,
): VMSnapshotScheduleStatus {
  const { metadata, status: before } = observed.schedule;
  const observedGeneration = metadata.generation ?? 0;
  const told = { reason, message, observedGeneration };
  const condition = (type: string, holds: boolean) =>
    ({ type, status: holds ? 'True' : 'False', ...told }) as const;
  const conditions = [condition('Ready', isReady), condition('Stalled', isStalled)].reduce(
    (all, update) => setCondition(all, update, now),
    before?.conditions ?? [],
  );
  const ready = readyOf(observed);
  return {
    ...{ observedGeneration, conditions, ...times },
    snapshots: ready.length,
    active: activeOf(observed)?.metadata.name,
    lastSuccessfulTime: ready[0]?.status?.creationTime ?? before?.lastSuccessfulTime,
  };
}
