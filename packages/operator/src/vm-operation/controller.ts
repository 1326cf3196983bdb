import { FieldManagers, type VMOperation } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { keyOf, type Client, type EventRecorder, type Result } from '@hypersdk/kube';
import type { Caches, Own } from '../caches.ts';
import { unlessGone } from '../idempotent.ts';
import { VirtualMachines, VMOperations } from '../resources.ts';
import type { ObservedOperation } from './observed.ts';
import { byAge, isActive } from './order.ts';
import { planOperation, type OperationPlan } from './plan.ts';

export interface OperationContext {
  readonly client: Client;
  readonly caches: Caches;
  readonly own: Own;
  readonly recorder: EventRecorder;
}

export async function reconcileOperation(
  context: OperationContext,
  key: string,
  signal: AbortSignal,
): Promise<Result> {
  const operation = context.own.operations.get(key);
  if (!operation || operation.metadata.deletionTimestamp) return {};
  const observed = observe(context, operation);
  const planned = planOperation(observed, new Date());
  await execute(context, observed, planned, signal);
  return { requeueAfter: planned.requeueAfter };
}

export function enqueueOperations({ caches }: OperationContext, queue: WorkQueue): void {
  const enqueueSiblings = (vm: string): void => {
    for (const operation of caches.operations.byIndex('vm', vm))
      if (isActive(operation)) queue.add(keyOf(operation));
  };
  caches.operations.subscribe(({ object }) => {
    queue.add(keyOf(object));
    enqueueSiblings(vmKey(object));
  });
  caches.virtualMachines.subscribe(({ object }) => {
    enqueueSiblings(keyOf(object));
  });
}

function observe({ caches, own }: OperationContext, operation: VMOperation): ObservedOperation {
  const vm = vmKey(operation);
  const siblings = caches.operations
    .byIndex('vm', vm)
    .filter(({ metadata }) => metadata.uid !== operation.metadata.uid)
    .filter(isActive);
  return { operation, vm: own.virtualMachines.get(vm), others: siblings.sort(byAge) };
}

function vmKey({ metadata, spec }: VMOperation): string {
  return `${metadata.namespace ?? ''}/${spec.vmRef.name}`;
}

/** The VM's spec first: an operation that says Running has asked for what it names, whatever happens then. */
async function execute(
  context: OperationContext,
  observed: ObservedOperation,
  planned: OperationPlan,
  signal: AbortSignal,
): Promise<void> {
  const { client, recorder, own } = context;
  const { operation, vm } = observed;
  if (planned.isExpired) {
    await unlessGone(
      client.delete(VMOperations, operation.metadata, { uid: operation.metadata.uid, signal }),
    );
    return;
  }
  if (planned.patch && vm) {
    const options = { fieldManager: FieldManagers.operation, signal };
    await client.mergePatch(VirtualMachines, vm.metadata, { spec: planned.patch }, options);
  }
  if (planned.deletesVm && vm) {
    // Done when the guest is off, not when its VM is forgotten.
    const options = { uid: operation.status?.vmUid, propagationPolicy: 'Foreground', signal } as const;
    await unlessGone(client.delete(VirtualMachines, vm.metadata, options));
  }
  await own.operations.writeStatus(operation, planned.status, signal);
  announce(recorder, observed, planned);
}

function announce(
  recorder: EventRecorder,
  { operation, vm }: ObservedOperation,
  { status }: OperationPlan,
): void {
  const isEnd =
    status.phase !== operation.status?.phase && (status.phase === 'Failed' || status.phase === 'Cancelled');
  if (!isEnd) return;
  const reason = `Operation${status.phase ?? ''}`;
  recorder.event(operation, 'Warning', reason, status.message ?? '');
  if (vm) recorder.event(vm, 'Warning', reason, `${operation.metadata.name}: ${status.message ?? ''}`);
}
