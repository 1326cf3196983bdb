/** Which events concern which VMOperation, and what one reconcile does. */
import { Labels, type VMOperation } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { ConflictError, keyOf, type Result } from '@hypersdk/kube';
import { beingClonedBy, cloneSourceOf, cloneTargetOf } from '../cache-indexes.ts';
import { unlessGone } from '../idempotent.ts';
import { VMOperations } from '../resources.ts';
import { identifyWorkers } from '../worker/identify-workers.ts';
import { announce } from './announce.ts';
import { collectOrphans } from './clone/collect-orphans.ts';
import { looks, type Planned } from './kinds.ts';
import { observe, vmKey } from './observe.ts';
import type { ObservedOperation } from './observed.ts';
import { isActive } from './order.ts';
import { perform } from './perform.ts';
import type { Context } from '../context.ts';
import type { OperationPlan } from './actions.ts';

export async function reconcileOperation(
  context: Context,
  key: string,
  signal: AbortSignal,
): Promise<Result> {
  const operation = context.own.operations.get(key);
  await collectOrphans(context, key, signal);
  if (!operation || operation.metadata.deletionTimestamp) return {};
  await identifyWorkers(context, operation, signal);
  const observed = observe(context, operation);
  const planned = await looks[operation.spec.operation](context, observed, signal);
  await execute(context, observed, planned, signal);
  return { requeueAfter: planned.plan.requeueAfter };
}

export function enqueueOperations({ caches }: Context, queue: WorkQueue): void {
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

/** What is asked for is done before the status that says so; an operator that dies between does it again. */
async function execute(
  context: Context,
  observed: ObservedOperation,
  planned: Planned,
  signal: AbortSignal,
): Promise<void> {
  const { client, own } = context;
  const { operation } = observed;
  const { plan } = planned;
  if (plan.isExpired) {
    const options = { uid: operation.metadata.uid, signal };
    await unlessGone(client.delete(VMOperations, operation.metadata, options));
    return;
  }
  await work(context, operation, plan, signal);
  await own.operations.writeStatus(operation, plan.status, signal);
  announce(context, observed, planned);
}

/** What the API server refuses, such as a quota, is told, and tried again. */
async function work(
  context: Context,
  operation: VMOperation,
  { actions }: OperationPlan,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const action of actions) await perform(context, action, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ConflictError || !isActive(operation)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    await context.own.operations.writeStatus(operation, { ...operation.status, message }, signal);
    throw error;
  }
}
