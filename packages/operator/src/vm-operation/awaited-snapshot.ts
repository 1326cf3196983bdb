/** Operations on disks and memory take turns with the VM's snapshots. Pure. */
import { findCondition, isConditionTrue, type VirtualMachine, type VMSnapshot } from '@hypersdk/api';
import { isBeingMade } from '../vm-snapshot/of-vm.ts';
import type { ObservedOperation } from './observed.ts';
import { isSnapshotMadeBy } from './snapshot-of-vm.ts';

/**
 * The snapshot that comes before the operation. One that is being made or folded away comes before whatever waits, whenever
 * it was asked for: there is one freeze of a VM at a time.
 */
export function awaitedSnapshot({
  operation,
  vm,
  family = [],
}: Pick<ObservedOperation, 'operation' | 'vm' | 'family'>): VMSnapshot | undefined {
  if (!vm || operation.spec.dryRun) return undefined;
  return family.find((snapshot) => {
    const { vmUid = vm.metadata.uid } = snapshot.status ?? {};
    if (isSnapshotMadeBy(snapshot, operation) || vmUid !== vm.metadata.uid) return false;
    if (isBeingMade(snapshot) || snapshot.status?.phase === 'Deleting') return true;
    return isAboutToBegin(snapshot, vm) && isOlder(snapshot, operation);
  });
}

export function awaitsSnapshot({ metadata, status }: VMSnapshot): string {
  const { message = '' } = findCondition(status?.conditions, 'Ready') ?? {};
  return [`Waiting for VMSnapshot ${metadata.name}`, ...(message === '' ? [] : [message])].join(': ');
}

/** Of a VM that only its user can bring on, no snapshot is taken: that must not keep a restore from bringing it on. */
function isAboutToBegin({ metadata, status }: VMSnapshot, vm: VirtualMachine): boolean {
  const isPending = (status?.phase ?? 'Pending') === 'Pending' && metadata.deletionTimestamp === undefined;
  return isPending && !isConditionTrue(vm.status?.conditions, 'Stalled');
}

/** Of those made within one second the snapshot comes first: it keeps what the operation may change. */
function isOlder({ metadata: a }: VMSnapshot, { metadata: b }: ObservedOperation['operation']): boolean {
  return (a.creationTimestamp ?? '') <= (b.creationTimestamp ?? '');
}
