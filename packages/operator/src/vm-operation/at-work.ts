/** What others have to know of the operations on a VM. */
import { layerId, type Operation, type VMOperation } from '@hypersdk/api';
import { FORGET, RESUME } from './restore/steps.ts';
import { ROLLBACK, SNAPSHOT_BEFORE } from './steps.ts';

type Told = Pick<VMOperation, 'spec' | 'status'>;

/** What it asks for is wanted now: it is neither about to begin nor being undone. */
export function isAtWork({ status }: Pick<VMOperation, 'status'>): boolean {
  return isUnderWay({ status }) && !status?.ending;
}

/** Its own work has begun, or that is being undone. */
export function isUnderWay({ status }: Pick<VMOperation, 'status'>): boolean {
  return status?.phase === 'Running' && lastStep(status) !== SNAPSHOT_BEFORE;
}

export function isAtWorkAs({ spec, status }: Told, ...kinds: readonly Operation[]): boolean {
  return kinds.includes(spec.operation) && isAtWork({ status });
}

/** Name of the VMSnapshot that the VM's disks go back to now, for which its guest has to be off. */
export function restoredSnapshot({ spec, status }: Told): string | undefined {
  if (spec.operation === 'restore' && isDiskStep(status)) return spec.restoreSpec?.snapshotRef.name;
  const isRollingBack = status?.phase === 'Running' && status.ending && lastStep(status) === ROLLBACK;
  return isRollingBack ? status.snapshot : undefined;
}

/** They go to the snapshot first, and back where its guest would not go on. */
function isDiskStep(status: Told['status']): boolean {
  if (status?.phase !== 'Running') return false;
  const isResuming = status.steps?.some(({ name }) => name === RESUME) ?? false;
  return isResuming ? status.ending !== undefined : isAtWork({ status });
}

/** Ids of layers that restores have kept, and that go since the guests have gone on. */
export function formerLayers(operations: readonly VMOperation[]): string[] {
  const over = operations.filter(
    (operation) => isAtWorkAs(operation, 'restore') && lastStep(operation.status ?? {}) === FORGET,
  );
  return over.map(({ metadata }) => layerId(metadata.uid ?? ''));
}

const lastStep = (status: NonNullable<Told['status']>): string | undefined => status.steps?.at(-1)?.name;
