/** A VMClone is one operation with a face of its own: all that is done is the operation's. */
import { effectiveSpec, type VMClone } from '@hypersdk/api';
import { keyOf, type Result, type WorkQueue } from '@hypersdk/kube';
import { unlessThere } from '../idempotent.ts';
import { templateOf } from '../image/templates.ts';
import { VMOperations } from '../resources.ts';
import { planVmClone, type ObservedVmClone } from './plan.ts';
import type { Context } from '../context.ts';

export async function reconcileVmClone(context: Context, key: string, signal: AbortSignal): Promise<Result> {
  const { client, own, recorder } = context;
  const clone = own.clones.get(key);
  if (!clone || clone.metadata.deletionTimestamp) return {};
  const { status, create, event } = planVmClone(observe(context, clone), new Date());
  if (create) await unlessThere(client.create(VMOperations, create, { signal }));
  await own.clones.writeStatus(clone, status, signal);
  if (event) recorder.event(clone, event.type, event.reason, event.message);
  return {};
}

/** An operation has its clone's name. */
export function enqueueVmClones({ caches }: Context, queue: WorkQueue): void {
  caches.clones.subscribe(({ object }) => {
    queue.add(keyOf(object));
  });
  caches.operations.subscribe(({ object }) => {
    if (caches.clones.get(keyOf(object))) queue.add(keyOf(object));
  });
}

function observe({ caches, own }: Context, clone: VMClone): ObservedVmClone {
  const source = own.virtualMachines.get(`${clone.metadata.namespace ?? ''}/${clone.spec.sourceRef.name}`);
  const template = source && templateOf(caches, source);
  return {
    clone,
    operation: own.operations.get(keyOf(clone)),
    source: source && effectiveSpec(source.spec, template?.spec),
  };
}
