import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import type { VirtualMachineContext } from '../../virtual-machine/controller.ts';
import { layeredDisks } from '../../vm-snapshot/observe.ts';
import type { ObservedLayers, ObservedOperation } from '../observed.ts';
import type { ObservedRestore } from './kind.ts';

export function observeLayers(
  { caches, config }: Pick<VirtualMachineContext, 'caches' | 'config'>,
  { metadata }: VMOperation,
  vm: VirtualMachine | undefined,
): ObservedLayers {
  const keeper = caches.pods.byIndex('owner', metadata.uid ?? '')[0];
  return { ...layeredDisks(caches, vm), keeper, config };
}

export function observeRestore(context: VirtualMachineContext, observed: ObservedOperation): ObservedRestore {
  const { operation, vm } = observed;
  const { metadata, spec } = operation;
  const name = spec.restoreSpec?.snapshotRef.name ?? '';
  const snapshot = context.own.snapshots.get(`${metadata.namespace ?? ''}/${name}`);
  return { ...observed, ...observeLayers(context, operation, vm), snapshot };
}
