import type { VMOperation } from '@hypersdk/api';
import { keyOf } from '@hypersdk/kube';
import { snapshotsOf } from '../vm-snapshot/of-vm.ts';
import type { ObservedOperation, ObservedSafety } from './observed.ts';
import { byAge, isActive } from './order.ts';
import { observeLayers } from './restore/observe.ts';
import { snapshotBeforeName, takesSnapshotBefore } from './snapshot-before.ts';
import type { Context } from '../context.ts';

export function observe(context: Context, operation: VMOperation): ObservedOperation {
  const { caches, own } = context;
  const key = vmKey(operation);
  const others = caches.operations
    .byIndex('vm', key)
    .filter(({ metadata }) => metadata.uid !== operation.metadata.uid)
    // One that has just begun by our own hand is behind in the cache.
    .map((other) => own.operations.get(keyOf(other)) ?? other)
    .filter(isActive)
    .sort(byAge);
  const vm = own.virtualMachines.get(key);
  const safety = takesSnapshotBefore(operation) && observeSafety(context, { operation, vm, others });
  const family = vm ? snapshotsOf(caches, vm).map((each) => own.snapshots.get(keyOf(each)) ?? each) : [];
  return { operation, vm, others, family, ...(safety && { safety }) };
}

function observeSafety(context: Context, { operation, vm }: ObservedOperation): ObservedSafety {
  const key = `${operation.metadata.namespace ?? ''}/${snapshotBeforeName(operation)}`;
  return { ...observeLayers(context, operation, vm), snapshot: context.own.snapshots.get(key) };
}

export function vmKey({ metadata, spec }: VMOperation): string {
  return `${metadata.namespace ?? ''}/${spec.vmRef.name}`;
}
