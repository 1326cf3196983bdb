/** Which events concern which VMSnapshot, and what one reconcile does. */
import { Finalizers, type VMSnapshot } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { keyOf, ownerReference, type Result } from '@hypersdk/kube';
import { cloneSourceOf } from '../cache-indexes.ts';
import { unlessGone } from '../idempotent.ts';
import { VMSnapshots } from '../resources.ts';
import { perform as performWork } from '../vm-operation/perform.ts';
import { identifyWorkers } from '../worker/identify-workers.ts';
import type { SnapshotAction, SnapshotPlan } from './actions.ts';
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
  const held =
    finalizer === 'add' ? await own.snapshots.hold(snapshot, Finalizers.vmSnapshot, signal) : snapshot;
  for (const action of planned.actions) await perform(context, held, action, signal);
  const written = await own.snapshots.writeStatus(held, status, signal);
  if (finalizer === 'remove') await own.snapshots.release(written, Finalizers.vmSnapshot, signal);
  if (event) recorder.event(snapshot, event.type, event.reason, event.message);
  measure(metrics, snapshot, planned, new Date());
  if (planned.isDeleted) {
    await unlessGone(client.delete(VMSnapshots, snapshot.metadata, { uid: snapshot.metadata.uid, signal }));
  }
}

async function perform(
  context: Context,
  snapshot: VMSnapshot,
  action: SnapshotAction,
  signal: AbortSignal,
): Promise<void> {
  if (action.type !== 'ownSnapshot') return performWork(context, action, signal);
  const { resourceVersion = '', ownerReferences = [] } = snapshot.metadata;
  const owners = [...ownerReferences, ownerReference(action.vm)];
  const patch = { metadata: { resourceVersion, ownerReferences: owners } };
  await context.client.mergePatch(VMSnapshots, snapshot.metadata, patch, { signal });
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
