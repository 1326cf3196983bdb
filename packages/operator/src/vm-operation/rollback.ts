/** How a VM's disks go back to the snapshot before an operation that has failed. Pure. */
import type { WorkAction } from './actions.ts';
import type { OperationKind, Undoing } from './kind.ts';
import type { ObservedOperation } from './observed.ts';
import { restoreDisks, restoreLitter } from './restore/disks.ts';
import { isSnapshotMadeBy } from './snapshot-of-vm.ts';
import { isWorkBegun } from './steps.ts';
import type { Ending } from './ended.ts';

export type Rollback =
  | ({ readonly type: 'waiting' } & Undoing)
  /** Message where there is something to tell. */
  | { readonly type: 'done'; readonly message?: string };

export function rollback(
  { sparesDisks }: Pick<OperationKind, 'sparesDisks'>,
  { operation, vm, safety }: ObservedOperation,
  { phase }: Ending,
  now: Date,
): Rollback {
  const { spec, status } = operation;
  const isWanted = spec.rollbackOnFailure && phase === 'Failed' && !sparesDisks && isWorkBegun(status ?? {});
  if (!isWanted || !safety || !vm || !status || vm.metadata.uid !== status.vmUid) return { type: 'done' };
  const { snapshot } = safety;
  if (!snapshot || !isSnapshotMadeBy(snapshot, operation) || snapshot.metadata.deletionTimestamp) {
    return { type: 'done', message: `Not rolled back: VMSnapshot ${status.snapshot ?? ''} is gone` };
  }
  const { name } = snapshot.metadata;
  const next = restoreDisks({ ...safety, operation, vm, snapshot }, now);
  if (next.type === 'done') return { type: 'done', message: `Rolled back to VMSnapshot ${name}` };
  if (next.type === 'waiting') return next;
  return { type: 'done', message: `Not rolled back: ${next.message}; VMSnapshot ${name} holds the disks` };
}

export function rollbackLitter({ operation, safety }: ObservedOperation): WorkAction[] {
  return operation.spec.rollbackOnFailure ? restoreLitter(safety?.keeper) : [];
}
