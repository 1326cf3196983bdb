import {
  setCondition,
  type ConditionUpdate,
  type VMSnapshot,
  type VMSnapshotPhase,
  type VMSnapshotStatus,
} from '@hypersdk/api';

export interface Told {
  readonly phase: VMSnapshotPhase;
  readonly reason: string;
  readonly message: string;
}

/** Fields that the schema has and this version does not act on; the snapshot is made without them. */
export function ignoredFields({ spec }: VMSnapshot): string[] {
  return [...(spec.destination?.storageClass !== undefined ? ['destination.storageClass'] : [])];
}

export function snapshotStatus(
  snapshot: VMSnapshot,
  told: Told,
  now: Date,
  changes: Partial<VMSnapshotStatus> = {},
): VMSnapshotStatus {
  const status: VMSnapshotStatus = { ...snapshot.status, ...changes };
  const includesMemory = status.memory !== undefined;
  const observedGeneration = snapshot.metadata.generation ?? 0;
  const conditions = [...conditionsOf(told), ...ignored(snapshot)].reduce(
    (all, update) => setCondition(all, { ...update, observedGeneration }, now),
    status.conditions ?? [],
  );
  return { ...status, includesMemory, observedGeneration, phase: told.phase, conditions };
}

function conditionsOf({ phase, reason, message }: Told): Omit<ConditionUpdate, 'observedGeneration'>[] {
  const condition = (type: string, holds: boolean) =>
    ({ type, status: holds ? 'True' : 'False', reason, message }) as const;
  return [
    condition('Ready', phase === 'Ready' || phase === 'Expired'),
    condition('Creating', phase === 'Creating'),
    condition('Deleting', phase === 'Deleting'),
    condition('Stalled', phase === 'Failed'),
  ];
}

function ignored(snapshot: VMSnapshot): Omit<ConditionUpdate, 'observedGeneration'>[] {
  const fields = ignoredFields(snapshot);
  if (fields.length === 0) return [];
  const message = `Not implemented in this version, without effect: ${fields.join(', ')}. The snapshot holds the disks alone`;
  return [{ type: 'FieldsIgnored', status: 'True', reason: 'NotImplemented', message }];
}
