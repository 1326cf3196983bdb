import type { VirtualMachine, VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { disksOrProblem } from '../virtual-machine/disks/disks.ts';
import { linkedClones } from '../virtual-machine/disks/linked-clones.ts';
import { diskContext } from '../virtual-machine/observe.ts';
import { isActive } from '../vm-operation/order.ts';
import type { ObservedSnapshot } from './observed.ts';
import { snapshotsOf } from './of-vm.ts';
import type { Context } from '../context.ts';

export function observeSnapshot(
  { caches, own, config }: Pick<Context, 'caches' | 'own' | 'config'>,
  snapshot: VMSnapshot,
): ObservedSnapshot {
  const key = `${snapshot.metadata.namespace ?? ''}/${snapshot.spec.vmRef.name}`;
  const vm = own.virtualMachines.get(key);
  return {
    ...{ snapshot, vm, config },
    family: vm ? snapshotsOf(caches, vm) : [snapshot],
    operations: caches.operations.byIndex('vm', key).filter(isActive),
    ...layeredDisks(caches, vm),
    linkedClones: vm ? linkedClones(caches, vm) : [],
    keepers: caches.pods.byIndex('owner', snapshot.metadata.uid ?? ''),
  };
}

/** A CD-ROM holds nothing of the guest's. */
export function layeredDisks(
  caches: Caches,
  vm: VirtualMachine | undefined,
): Pick<ObservedSnapshot, 'disks'> & { readonly claims: ReadonlyMap<string, PersistentVolumeClaim> } {
  if (!vm) return { disks: [], claims: new Map() };
  const context = diskContext(caches, vm);
  const { claims } = context;
  const disks = disksOrProblem(context);
  return { disks: 'problem' in disks ? disks : disks.filter(({ device }) => device === 'disk'), claims };
}
