/** A migration has put disks of the VM into other claims, and their layers with them. Pure. */
import type { VMSnapshot } from '@hypersdk/api';
import type { ObservedSnapshot } from './observed.ts';

/** The snapshot with the claims that hold it now. What they were copied from is not deleted before its status names it no more. */
export function withFollowedDisks({ snapshot, vm }: ObservedSnapshot): VMSnapshot {
  const { disks = [], vmUid } = snapshot.status ?? {};
  if (!vm || vm.metadata.uid !== vmUid) return snapshot;
  const followed = disks.map((disk) => {
    const moved = vm.status?.movedDisks?.find(({ name }) => name === disk.name);
    return moved ? { ...disk, pvc: moved.pvc } : disk;
  });
  if (followed.every(({ pvc }, index) => pvc === disks[index]?.pvc)) return snapshot;
  return { ...snapshot, status: { ...snapshot.status, disks: followed } };
}
