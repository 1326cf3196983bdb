import { FieldManagers, Labels, type VMOperation, type VMSnapshot } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { ConflictError, keyOf, type Client, type EventRecorder, type Result } from '@hypersdk/kube';
import { beingClonedBy, cloneSourceOf, cloneTargetOf } from '../cache-indexes.ts';
import type { Caches, Own } from '../caches.ts';
import { unlessGone } from '../idempotent.ts';
import { VirtualMachines, VMOperations } from '../resources.ts';
import type { VirtualMachineContext } from '../virtual-machine/controller.ts';
import type { ClonePlan } from './clone/actions.ts';
import { collectOrphans } from './clone/collect-orphans.ts';
import { performClone } from './clone/execute.ts';
import { observeClone } from './clone/observe.ts';
import { planClone } from './clone/plan.ts';
import { observeFlatten } from './flatten/observe.ts';
import { planFlatten } from './flatten/plan.ts';
import { announce } from './announce.ts';
import type { ObservedOperation } from './observed.ts';
import { byAge, isActive } from './order.ts';
import { layeredDisks } from '../vm-snapshot/observe.ts';
import { planOperation, type OperationPlan } from './plan.ts';
import { planRestore, type ObservedRestore } from './restore-operation.ts';
import { planSnapshotOperation, snapshotName } from './snapshot-operation.ts';

export interface OperationContext {
  readonly client: Client;
  readonly caches: Caches;
  readonly own: Own;
  readonly recorder: EventRecorder;
}

export async function reconcileOperation(
  context: VirtualMachineContext,
  key: string,
  signal: AbortSignal,
): Promise<Result> {
  const operation = context.own.operations.get(key);
  await collectOrphans(context, key, signal);
  if (!operation || operation.metadata.deletionTimestamp) return {};
  const observed = observe(context, operation);
  const planned = await planOf(context, observed, signal);
  await execute(context, observed, planned, signal);
  return { requeueAfter: planned.requeueAfter };
}

/** Some rest on more than their VM, and make more than a change of it. */
async function planOf(
  context: VirtualMachineContext,
  observed: ObservedOperation,
  signal: AbortSignal,
): Promise<OperationPlan | ClonePlan> {
  switch (observed.operation.spec.operation) {
    case 'clone':
      return planClone(await observeClone(context, observed, signal), new Date());
    case 'flatten':
      return planFlatten(await observeFlatten(context, observed, signal), new Date());
    case 'snapshot':
      return planSnapshotOperation({ ...observed, snapshot: snapshotMadeBy(context, observed) }, new Date());
    case 'restore':
      return planRestore(observeRestore(context, observed), new Date());
    default:
      return planOperation(observed, new Date());
  }
}

function snapshotMadeBy({ own }: OperationContext, { operation }: ObservedOperation): VMSnapshot | undefined {
  return own.snapshots.get(`${operation.metadata.namespace ?? ''}/${snapshotName(operation)}`);
}

function observeRestore(
  { caches, own, config }: VirtualMachineContext,
  observed: ObservedOperation,
): ObservedRestore {
  const { metadata, spec } = observed.operation;
  const name = spec.restoreSpec?.snapshotRef.name ?? '';
  return {
    ...observed,
    ...layeredDisks(caches, observed.vm),
    snapshot: own.snapshots.get(`${metadata.namespace ?? ''}/${name}`),
    keeper: caches.pods.byIndex('owner', metadata.uid ?? '')[0],
    config,
  };
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
  const enqueueClonesTo = (vm: string): void => {
    for (const operation of caches.operations.byIndex('cloneTarget', vm)) queue.add(keyOf(operation));
  };
  caches.snapshots.subscribe(({ object: { metadata, spec } }) => {
    enqueueSiblings(`${metadata.namespace ?? ''}/${spec.vmRef.name}`);
  });
  caches.virtualMachines.subscribe(({ object }) => {
    enqueueSiblings(keyOf(object));
    enqueueClonesTo(keyOf(object));
    for (const operation of beingClonedBy(object)) queue.add(operation);
  });
  caches.claims.subscribe(({ object: { metadata } }) => {
    const vm = metadata.labels?.[Labels.vmName];
    if (vm === undefined) return;
    enqueueClonesTo(`${metadata.namespace ?? ''}/${vm}`);
    enqueueSiblings(`${metadata.namespace ?? ''}/${vm}`);
  });
  caches.pods.subscribe(({ object }) => {
    cloneSourceOf(object).forEach(enqueueSiblings);
    cloneTargetOf(object).forEach(enqueueClonesTo);
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
  context: VirtualMachineContext,
  observed: ObservedOperation,
  planned: OperationPlan | ClonePlan,
  signal: AbortSignal,
): Promise<void> {
  const { client, own } = context;
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
  if ('actions' in planned) await workOnDisks(context, operation, planned, signal);
  await own.operations.writeStatus(operation, planned.status, signal);
  announce(context, observed, planned);
}

/** What the API server refuses, such as a quota, is told, and tried again. */
async function workOnDisks(
  context: VirtualMachineContext,
  operation: VMOperation,
  { actions, status }: ClonePlan,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const action of actions) await performClone(context, action, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ConflictError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    await context.own.operations.writeStatus(operation, { ...status, message }, signal);
    throw error;
  }
}
