import type { VirtualMachine } from '@hypersdk/api';
import type { Caches } from '../../caches.ts';
import { isOrphaned } from '../../virtual-machine/disks/linked-clones.ts';
import { isHeld, snapshotsOf } from '../../vm-snapshot/of-vm.ts';
import { placement } from '../../virtual-machine/pod/scheduling.ts';
import { workerProgress } from '../../worker/worker-progress.ts';
import { copierOf, disksAndClaims } from '../clone/observe.ts';
import type { ObservedOperation } from '../observed.ts';
import { linkedDisks } from './linked-disks.ts';
import { flattenerName } from './flattener-pod.ts';
import type { ObservedFlatten } from './observed.ts';
import type { Context } from '../../context.ts';

export async function observeFlatten(
  { caches, launchers, config }: Context,
  observed: ObservedOperation,
  signal: AbortSignal,
): Promise<ObservedFlatten> {
  const { operation, vm } = observed;
  const namespace = operation.metadata.namespace ?? '';
  const { disks, claims, spec } = disksAndClaims(caches, vm);
  const copier = copierOf(caches, `${namespace}/${flattenerName(operation)}`, operation.metadata.uid);
  return {
    ...{ ...observed, disks, claims, copier, config },
    place: spec ? placement(spec) : {},
    snapshots: vm
      ? snapshotsOf(caches, vm)
          .filter(isHeld)
          .map(({ metadata }) => metadata.name)
      : [],
    abandoned: vm ? abandoned(caches, vm, { disks, claims }) : new Set(),
    progress: await workerProgress(copier ? [copier] : [], (at) => launchers.copy(at, signal), signal),
  };
}

function abandoned(
  caches: Pick<Caches, 'claims' | 'virtualMachines'>,
  vm: VirtualMachine,
  { disks, claims }: Pick<ObservedFlatten, 'disks' | 'claims'>,
): Set<string> {
  const linked = 'problem' in disks ? [] : linkedDisks(disks, claims);
  const own = new Set(linked.map(({ source }) => source.claimName));
  const isLeft = (name: string): boolean => {
    const key = `${vm.metadata.namespace ?? ''}/${name}`;
    const above = caches.claims.byIndex('standsOn', key);
    const isGiven = caches.virtualMachines.byIndex('claim', key).length > 0;
    return !isGiven && isOrphaned(caches, key) && above.every(({ metadata }) => own.has(metadata.name));
  };
  return new Set(linked.flatMap(({ bases }) => bases).filter(isLeft));
}
