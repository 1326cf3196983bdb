/** Which events concern which VMSnapshot, and what one reconcile does. */
import { Finalizers, type VMSnapshot } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { keyOf, type Result } from '@hypersdk/kube';
import { cloneSourceOf } from '../cache-indexes.ts';
import { unlessGone } from '../idempotent.ts';
import { VMSnapshots } from '../resources.ts';
import { perform } from '../vm-operation/perform.ts';
import { identifyWorkers } from '../worker/identify-workers.ts';
import type { SnapshotPlan } from './actions.ts';
import { measure } from './measure.ts';
import { observeSnapshot } from './observe.ts';
import { planSnapshot } from './plan.ts';
import type { Context } from '../context.ts';

export async function reconcileSnapshot(context: Context, key: string, signal: AbortSignal): Promise<Result> {
  const snapshot = context.own.snapshots.get(key);
  if (!snapshot) return {};
  await identifyWorkers(context, snapshot, signal);
  const planned = planSnapshot(await observeSnapshot(context, snapshot, signal), new Date());
  await execute(context, snapshot, planned, signal);
  return { requeueAfter: planned.requeueAfter };
}

/** The finalizer comes before anything that it is to see to, and goes when nothing is left. */
async function execute(
  context: Context,
  snapshot: VMSnapshot,
  planned: SnapshotPlan,
  signal: AbortSignal,
): Promise<void> {
  const { own, recorder, metrics, client } = context;
  const { status, finalizer, event } = planned;
  let held =
    finalizer === 'add' ? await own.snapshots.hold(snapshot, Finalizers.vmSnapshot, signal) : snapshot;
  for (const action of planned.actions) {
    if (action.type === 'setOwners') held = await own.snapshots.setOwners(held, action.owners, signal);
    else await perform(context, action, signal);
  }
  const written = await own.snapshots.writeStatus(held, status, signal);
  if (finalizer === 'remove') await own.snapshots.release(written, Finalizers.vmSnapshot, signal);
  if (event) recorder.event(snapshot, event.type, event.reason, event.message);
  measure(metrics, snapshot, planned, new Date());
  if (planned.isDeleted) {
    await unlessGone(client.delete(VMSnapshots, snapshot.metadata, { uid: snapshot.metadata.uid, signal }));
  }
}

export function enqueueSnapshots({ caches }: Context, queue: WorkQueue): void {
  const addOf = (vm: string): void => {
    for (const snapshot of caches.snapshots.byIndex('vm', vm)) queue.add(keyOf(snapshot));
  };
  caches.snapshots.subscribe(({ object }) => {
    queue.add(keyOf(object));
    addOf(`${object.metadata.namespace ?? ''}/${object.spec.vmRef.name}`);
  });
  caches.virtualMachines.subscribe(({ object }) => {
    addOf(keyOf(object));
  });
  caches.operations.subscribe(({ object: { metadata, spec } }) => {
    addOf(`${metadata.namespace ?? ''}/${spec.vmRef.name}`);
  });
  caches.pods.subscribe(({ object }) => {
    for (const vm of cloneSourceOf(object)) addOf(vm);
  });
}
