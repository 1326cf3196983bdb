/** Which events concern which VirtualMachine, and what one reconcile does. */
import { Labels } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { keyOf, type KubeObject, type Result } from '@hypersdk/kube';
import { AWAITED, attachedToOf, cloneSourceOf, ownersOf } from '../cache-indexes.ts';
import { earliest } from '../earliest.ts';
import { claimsBelow } from '../ownership.ts';
import { offersKvm } from './acceleration/kvm.ts';
import { execute } from './execute.ts';
import { observe } from './observe.ts';
import { plan } from './plan/plan.ts';
import { waitsForGrowth } from './status/growth.ts';
import type { Sources } from '../context.ts';
import type { Context } from '../context.ts';
import { onImageChange, onVmImageChange } from '../image/changes.ts';
import { vmsNaming } from '../image/users.ts';
import { identifyWorkers } from '../worker/identify-workers.ts';

export async function reconcileVirtualMachine(
  context: Context,
  key: string,
  signal: AbortSignal,
): Promise<Result> {
  const vm = context.own.virtualMachines.get(key);
  if (!vm) {
    context.followed.release(key);
    context.passingNews.forget(key);
    return {};
  }
  const observed = await observe(context, vm, signal);
  for (const pod of observed.pods) await identifyWorkers(context, pod, signal);
  const planned = plan(observed, new Date());
  const wait = await execute(context, observed, planned, signal);
  const followed = [planned.follow, planned.followTarget].filter((address) => address !== undefined);
  if (followed.length > 0) context.followed.follow(key, ...followed);
  else context.followed.release(key);
  return { requeueAfter: earliest(planned.requeueAfter, wait) };
}

/** Every event only enqueues keys; what it says is read from the caches when the key's turn comes. */
export function enqueueVirtualMachines(sources: Sources, queue: WorkQueue): void {
  const { caches } = sources;
  const add = (key: string | undefined): void => {
    if (key !== undefined) queue.add(key);
  };
  caches.virtualMachines.subscribe(({ object }) => {
    add(keyOf(object));
  });
  enqueueByPods(sources, add);
  caches.claims.subscribe((change) => {
    const { object } = change;
    add(vmOf(object));
    const before = change.type === 'modified' ? claimsBelow(change.previous) : [];
    // Its VM says who stands on it.
    for (const below of new Set([...claimsBelow(object), ...before]))
      add(vmOfClaim(caches, `${object.metadata.namespace ?? ''}/${below}`));
    for (const above of caches.claims.byIndex('standsOn', keyOf(object))) add(vmOf(above));
    for (const vm of vmsNaming(caches, 'claim', object)) add(keyOf(vm));
  });
  // Somebody may have let a class grow its volumes.
  caches.storageClasses.subscribe(() => {
    for (const vm of caches.virtualMachines.list()) if (waitsForGrowth(vm)) add(keyOf(vm));
  });
  onImageChange({ caches }, (user) => {
    if (user.kind === 'VirtualMachine') add(keyOf(user));
  });
  onVmImageChange({ caches }, (user) => {
    if (user.kind === 'VirtualMachine') add(keyOf(user));
  });
  caches.operations.subscribe(({ object: { metadata, spec } }) => {
    add(`${metadata.namespace ?? ''}/${spec.vmRef.name}`);
  });
  caches.snapshots.subscribe(({ object }) => {
    add(`${object.metadata.namespace ?? ''}/${object.spec.vmRef.name}`);
    for (const vm of vmsNaming(caches, 'snapshot', object)) add(keyOf(vm));
  });
  caches.templates.subscribe(({ object }) => {
    for (const vm of caches.virtualMachines.byIndex('template', keyOf(object))) add(keyOf(vm));
  });
  caches.namespaces.subscribe(({ object }) => {
    for (const vm of caches.virtualMachines.byIndex('namespace', object.metadata.name)) add(keyOf(vm));
  });
  caches.nodes.subscribe(({ object }) => {
    for (const pod of caches.pods.byIndex('node', object.metadata.name)) add(vmOf(pod));
    if (!offersKvm(object)) return;
    for (const vm of caches.virtualMachines.byIndex('kvm', AWAITED)) add(keyOf(vm));
  });
}

/** The pods of a VM, and what belongs to them. */
function enqueueByPods(
  { caches, knownSecrets, knownBudgets }: Sources,
  add: (key: string | undefined) => void,
): void {
  caches.pods.subscribe(({ type, object }) => {
    if (type === 'deleted') {
      knownSecrets.delete(object.metadata.uid ?? '');
      knownBudgets.delete(object.metadata.uid ?? '');
    }
    add(vmOf(object));
    add(cloneSourceOf(object)[0]);
    add(attachedToOf(object)[0]);
  });
  caches.budgets.subscribe(({ type, object }) => {
    if (type !== 'deleted') return;
    for (const pod of ownersOf(object)) knownBudgets.delete(pod);
    add(vmOf(object));
  });
}

/** By label: a claim that is to outlive its VM has no owner. */
function vmOf({ metadata }: KubeObject): string | undefined {
  const name = metadata.labels?.[Labels.vmName];
  return name && `${metadata.namespace ?? ''}/${name}`;
}

function vmOfClaim(caches: Sources['caches'], key: string): string | undefined {
  const claim = caches.claims.get(key);
  return claim && vmOf(claim);
}
