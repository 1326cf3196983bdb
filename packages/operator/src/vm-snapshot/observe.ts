import type { VirtualMachine, VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { disksOrProblem } from '../virtual-machine/disks/disks.ts';
import { linkedClones } from '../virtual-machine/disks/linked-clones.ts';
import { diskContext } from '../virtual-machine/observe.ts';
import { placement } from '../virtual-machine/pod/scheduling.ts';
import { isActive } from '../vm-operation/order.ts';
import { ownWorker } from '../worker/own-worker.ts';
import { keeperName, keeperOf } from './keeper-pod.ts';
import type { ObservedSnapshot } from './observed.ts';
import { snapshotsOf } from './of-vm.ts';
import type { Context } from '../context.ts';

type Sources = Pick<Context, 'caches' | 'own' | 'config' | 'client'>;

export async function observeSnapshot(
  context: Sources,
  snapshot: VMSnapshot,
  signal: AbortSignal,
): Promise<ObservedSnapshot> {
  const { caches, own, config } = context;
  const key = `${snapshot.metadata.namespace ?? ''}/${snapshot.spec.vmRef.name}`;
  const vm = own.virtualMachines.get(key);
  return {
    ...{ snapshot, vm, config },
    family: vm ? snapshotsOf(caches, vm) : [snapshot],
    operations: caches.operations.byIndex('vm', key).filter(isActive),
    ...layeredDisks(caches, vm),
    linkedClones: vm ? linkedClones(caches, vm) : [],
    keepers: await keepersOf(context, snapshot, vm, signal),
  };
}

/** One that drops is not made beside one that freezes, which may have been made just now. */
async function keepersOf(
  context: Sources,
  snapshot: VMSnapshot,
  vm: VirtualMachine | undefined,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const { metadata } = snapshot;
  const keepers = context.caches.pods.byIndex('owner', metadata.uid ?? '');
  const mayDrop = metadata.deletionTimestamp && vm?.status?.disksHeldFor === metadata.uid;
  if (!mayDrop || keeperOf({ snapshot, keepers }, 'freeze')) return keepers;
  const freezing = await ownWorker(context, snapshot, keeperName(metadata.name, 'freeze'), signal);
  return freezing ? [...keepers, freezing] : keepers;
}

/** A CD-ROM holds nothing of the guest's. */
export function layeredDisks(
  caches: Caches,
  vm: VirtualMachine | undefined,
): Pick<ObservedSnapshot, 'disks' | 'place'> & {
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
} {
  if (!vm) return { disks: [], claims: new Map(), place: {} };
  const context = diskContext(caches, vm);
  const { claims, spec } = context;
  const disks = disksOrProblem(context);
  const layered = 'problem' in disks ? disks : disks.filter(({ device }) => device === 'disk');
  return { disks: layered, claims, place: placement(spec) };
}
