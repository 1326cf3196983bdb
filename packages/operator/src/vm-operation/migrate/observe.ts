import { keyOf } from '@hypersdk/kube';
import type { VirtualMachineContext } from '../../virtual-machine/controller.ts';
import { servedDisk } from '../../virtual-machine/attachments/attachments.ts';
import { linkedClones } from '../../virtual-machine/disks/linked-clones.ts';
import { isHeld, snapshotsOf } from '../../vm-snapshot/of-vm.ts';
import { disksAndClaims } from '../clone/observe.ts';
import type { ObservedOperation } from '../observed.ts';
import type { ObservedMigration } from './observed.ts';

export function observeMigration(
  { caches }: VirtualMachineContext,
  observed: ObservedOperation,
): ObservedMigration {
  const { vm } = observed;
  return {
    ...observed,
    ...disksAndClaims(caches, vm),
    snapshots: vm
      ? snapshotsOf(caches, vm)
          .filter(isHeld)
          .map(({ metadata }) => metadata.name)
      : [],
    linkedClones: vm ? linkedClones(caches, vm) : [],
    served: vm ? caches.pods.byIndex('attachedTo', keyOf(vm)).map(servedDisk) : [],
    nodes: caches.nodes.list(),
  };
}
