/** A migration has put disks of the VM into other claims, and their layers with them. Pure. */
import type { VMSnapshot } from '@hypersdk/api';
import type { SnapshotAction } from './actions.ts';
import type { ObservedSnapshot } from './observed.ts';
import { keepActions } from './plan-creation.ts';

/**
 * The snapshot with the claims that hold it now. It becomes an owner of those first; what they were copied from is not
 * deleted before its status names it no more.
 */
export function followedDisks(observed: ObservedSnapshot): {
  readonly snapshot: VMSnapshot;
  readonly actions: readonly SnapshotAction[];
} {
  const { snapshot, vm } = observed;
  const { disks = [], vmUid } = snapshot.status ?? {};
  if (!vm || vm.metadata.uid !== vmUid) return { snapshot, actions: [] };
  const followed = disks.map((disk) => {
    const moved = vm.status?.movedDisks?.find(({ name }) => name === disk.name);
    return moved ? { ...disk, pvc: moved.pvc } : disk;
  });
  if (followed.every(({ pvc }, index) => pvc === disks[index]?.pvc)) return { snapshot, actions: [] };
  const status = { ...snapshot.status, disks: followed };
  return { snapshot: { ...snapshot, status }, actions: keepActions(observed, vm) };
}
