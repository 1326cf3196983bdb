/** What others have to know of the operations on a VM. */
import type { Operation, VMOperation } from '@hypersdk/api';
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
  if (isAtWorkAs({ spec, status }, 'restore')) return spec.restoreSpec?.snapshotRef.name;
  const isRollingBack = status?.phase === 'Running' && status.ending && lastStep(status) === ROLLBACK;
  return isRollingBack ? status.snapshot : undefined;
}

const lastStep = (status: NonNullable<Told['status']>): string | undefined => status.steps?.at(-1)?.name;
