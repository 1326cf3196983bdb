/** What a snapshot's deletion waits for: nothing changes below a clone, nor below what somebody reads. Pure. */
import type { VMOperation, VMSnapshot } from '@hypersdk/api';
import { isUnderWay, restoredSnapshot } from '../vm-operation/at-work.ts';

interface Users {
  readonly operations: readonly VMOperation[];
  /** Names of the VMs whose disks stand on those of the snapshot's VM. */
  readonly linkedClones: readonly string[];
}

export function isInUse({ metadata }: VMSnapshot, { operations, linkedClones }: Users): boolean {
  return linkedClones.length > 0 || operations.some((operation) => isUsedBy(operation, metadata.name));
}

export function isUsedBy(operation: VMOperation, snapshot: string): boolean {
  const reads = /^(clone|migrate)$/.test(operation.spec.operation) && isUnderWay(operation);
  return reads || restoredSnapshot(operation) === snapshot;
}
