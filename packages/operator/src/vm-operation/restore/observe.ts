import { effectiveSpec, parseBytes, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import { templateOf } from '../../image/templates.ts';
import { linkedClones } from '../../virtual-machine/disks/linked-clones.ts';
import { layeredDisks } from '../../vm-snapshot/observe.ts';
import type { ObservedLayers, ObservedOperation } from '../observed.ts';
import { undoName } from './memory.ts';
import type { Context } from '../../context.ts';
import type { ObservedRestore, WantedShape } from './observed.ts';

export function observeLayers(
  { caches, config }: Pick<Context, 'caches' | 'config'>,
  { metadata }: VMOperation,
  vm: VirtualMachine | undefined,
): ObservedLayers {
  const undo = undoName({ metadata });
  const pods = caches.pods.byIndex('owner', metadata.uid ?? '');
  const keeper = pods.find((pod) => pod.metadata.name !== undo);
  const clones = vm ? linkedClones(caches, vm) : [];
  return { ...layeredDisks(caches, vm), linkedClones: clones, keeper, config };
}

export function observeRestore(context: Context, observed: ObservedOperation): ObservedRestore {
  const { operation, vm } = observed;
  const { metadata, spec } = operation;
  const name = spec.restoreSpec?.snapshotRef.name ?? '';
  const snapshot = context.own.snapshots.get(`${metadata.namespace ?? ''}/${name}`);
  const pods = context.caches.pods.byIndex('owner', metadata.uid ?? '');
  const undoer = pods.find((pod) => pod.metadata.name === undoName(operation));
  const wanted = vm && wantedShape(context, vm);
  return { ...observed, ...observeLayers(context, operation, vm), snapshot, undoer, wanted };
}

function wantedShape({ caches }: Context, vm: VirtualMachine): WantedShape {
  const { cpus, memory, machineType } = effectiveSpec(vm.spec, templateOf(caches, vm)?.spec);
  return { cpus, memory: parseBytes(memory), machineType };
}
