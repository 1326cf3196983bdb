/** What a decision about one VMSnapshotSchedule rests on. */
import { Annotations, type VirtualMachine, type VMSnapshot, type VMSnapshotSchedule } from '@hypersdk/api';
import type { Caches, Own } from '../caches.ts';

export interface ObservedSchedule {
  readonly schedule: VMSnapshotSchedule;
  readonly vm: VirtualMachine | undefined;
  /** That it has had made and that are not being deleted, newest first. */
  readonly snapshots: readonly VMSnapshot[];
}

export function observeSchedule(
  { caches, own }: { readonly caches: Caches; readonly own: Own },
  schedule: VMSnapshotSchedule,
): ObservedSchedule {
  const { namespace = '', name, uid } = schedule.metadata;
  const labelled = caches.snapshots.byIndex('schedule', `${namespace}/${name}`);
  const snapshots = labelled
    .filter(
      ({ metadata }) => metadata.annotations?.[Annotations.madeBy] === uid && !metadata.deletionTimestamp,
    )
    .sort((a, b) => scheduledAt(b).localeCompare(scheduledAt(a)));
  return { schedule, vm: own.virtualMachines.get(`${namespace}/${schedule.spec.vmRef.name}`), snapshots };
}

/** RFC 3339 in UTC, so that its order is that of the times. */
export function scheduledAt({ metadata }: VMSnapshot): string {
  return metadata.annotations?.[Annotations.scheduledAt] ?? '';
}
