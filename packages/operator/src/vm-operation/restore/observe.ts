import { effectiveSpec, parseBytes, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import { templateOf } from '../../image/templates.ts';
import type { VirtualMachineContext } from '../../virtual-machine/controller.ts';
import { layeredDisks } from '../../vm-snapshot/observe.ts';
import type { ObservedLayers, ObservedOperation } from '../observed.ts';
import type { ObservedRestore } from './kind.ts';
import { undoName, type WantedShape } from './memory.ts';

export function observeLayers(
  { caches, config }: Pick<VirtualMachineContext, 'caches' | 'config'>,
  { metadata }: VMOperation,
  vm: VirtualMachine | undefined,
): ObservedLayers {
  const undo = undoName({ metadata });
  const pods = caches.pods.byIndex('owner', metadata.uid ?? '');
  const keeper = pods.find((pod) => pod.metadata.name !== undo);
  return { ...layeredDisks(caches, vm), keeper, config };
}

export function observeRestore(context: VirtualMachineContext, observed: ObservedOperation): ObservedRestore {
  const { operation, vm } = observed;
  const { metadata, spec } = operation;
  const name = spec.restoreSpec?.snapshotRef.name ?? '';
  const snapshot = context.own.snapshots.get(`${metadata.namespace ?? ''}/${name}`);
  const pods = context.caches.pods.byIndex('owner', metadata.uid ?? '');
  const undoer = pods.find((pod) => pod.metadata.name === undoName(operation));
  const wanted = vm && wantedShape(context, vm);
  return { ...observed, ...observeLayers(context, operation, vm), snapshot, undoer, wanted };
}

function wantedShape({ caches }: VirtualMachineContext, vm: VirtualMachine): WantedShape {
  const { cpus, memory, machineType } = effectiveSpec(vm.spec, templateOf(caches, vm)?.spec);
  return { cpus, memory: parseBytes(memory), machineType };
}
