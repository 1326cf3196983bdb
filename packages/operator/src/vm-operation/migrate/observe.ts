import { keyOf } from '@hypersdk/kube';
import { servedDisk } from '../../virtual-machine/attachments/attachments.ts';
import { linkedClones } from '../../virtual-machine/disks/linked-clones.ts';
import { isHeld, snapshotsOf } from '../../vm-snapshot/of-vm.ts';
import { disksAndClaims } from '../clone/observe.ts';
import type { ObservedOperation } from '../observed.ts';
import type { ObservedMigration } from './observed.ts';
import type { Context } from '../../context.ts';

export function observeMigration({ caches }: Context, observed: ObservedOperation): ObservedMigration {
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
