/** What a VM's own reconcile has to know of its snapshots. */
import { Finalizers, retentionOf, type VirtualMachine, type VMSnapshot } from '@hypersdk/api';
import { keyOf } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';

/** Oldest first; names break the tie of those made within one second. */
export function snapshotsOf({ snapshots }: Pick<Caches, 'snapshots'>, vm: VirtualMachine): VMSnapshot[] {
  return [...snapshots.byIndex('vm', keyOf(vm))].sort(byAge);
}

export function byAge({ metadata: a }: VMSnapshot, { metadata: b }: VMSnapshot): number {
  const ages = (a.creationTimestamp ?? '').localeCompare(b.creationTimestamp ?? '');
  return ages === 0 ? a.name.localeCompare(b.name) : ages;
}

/** There may be layers of it. */
export function isHeld({ metadata }: Pick<VMSnapshot, 'metadata'>): boolean {
  return metadata.finalizers?.includes(Finalizers.vmSnapshot) ?? false;
}

/** What it holds is to be there when its VM is gone. */
export function outlivesVm({ metadata, spec, status }: VMSnapshot, vm: VirtualMachine): boolean {
  const isOfVm = status?.vmUid === vm.metadata.uid && isHeld({ metadata });
  return isOfVm && !metadata.deletionTimestamp && !retentionOf(spec)?.deleteOnVMDelete;
}

/** Its layers are to be frozen, by the guest's launcher or while the guest is off. */
export function isBeingMade({ status, metadata }: VMSnapshot): boolean {
  return status?.phase === 'Creating' && !metadata.deletionTimestamp;
}

/** Snapshots whose layers are to go now. */
export function droppedSnapshots(snapshots: readonly VMSnapshot[]): VMSnapshot[] {
  return snapshots.filter((one) => isGoing(one) && one.status?.phase === 'Deleting');
}

/** Its layers are to go, or would be if it were not for one who still makes them: a pod may be at work for it either way. */
export function isGoing({ metadata, status }: VMSnapshot): boolean {
  const isBegun = status?.phase === 'Creating' || status?.phase === 'Deleting';
  return metadata.deletionTimestamp !== undefined && isBegun && isHeld({ metadata });
}

/** Whatever stands beside a snapshot; another VM may have had the name of its VM. */
export function ofSameVm({ status }: VMSnapshot, family: readonly VMSnapshot[]): VMSnapshot[] {
  return family.filter((other) => other.status?.vmUid === status?.vmUid);
}
