import { effectiveSpec, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { templateOf } from '../../image/templates.ts';
import { linkedClones } from '../../virtual-machine/disks/linked-clones.ts';
import { layeredDisks } from '../../vm-snapshot/observe.ts';
import type { ObservedLayers, ObservedOperation } from '../observed.ts';
import { keeperName } from '../../vm-snapshot/keeper-pod.ts';
import { ownWorker } from '../../worker/own-worker.ts';
import { undoName } from './memory.ts';
import { DISKS, RESUME } from './steps.ts';
import type { Context } from '../../context.ts';
import type { ObservedRestore } from './observed.ts';
import { wantedShape } from './shape-differences.ts';

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

export async function observeRestore(
  context: Context,
  observed: ObservedOperation,
  signal: AbortSignal,
): Promise<ObservedRestore> {
  const { operation, vm } = observed;
  const { metadata, spec } = operation;
  const name = spec.restoreSpec?.snapshotRef.name ?? '';
  const snapshot = context.own.snapshots.get(`${metadata.namespace ?? ''}/${name}`);
  const pods = context.caches.pods.byIndex('owner', metadata.uid ?? '');
  const undoer = pods.find((pod) => pod.metadata.name === undoName(operation));
  const wanted = vm && wantedShape(effectiveSpec(vm.spec, templateOf(context.caches, vm)?.spec));
  const { keeper: seen, ...layers } = observeLayers(context, operation, vm);
  const keeper = seen ?? (await unseenKeeper(context, operation, signal));
  return { ...observed, ...layers, keeper, snapshot, undoer, wanted };
}

/** It is not called off while a pod that was made just now may be at work. */
async function unseenKeeper(
  context: Context,
  operation: VMOperation,
  signal: AbortSignal,
): Promise<Pod | undefined> {
  const { phase, steps = [] } = operation.status ?? {};
  const mayBeThere = phase === 'Running' && steps.some(({ name }) => name === DISKS);
  if (!mayBeThere || steps.some(({ name }) => name === RESUME)) return undefined;
  return ownWorker(context, operation, keeperName(operation.metadata.name, 'restore'), signal);
}
