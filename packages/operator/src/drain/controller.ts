/** Empties nodes of VMs. One key stands for all of them: what may run at one time is counted over the whole cluster. */
import type { VMOperation } from '@hypersdk/api';
import { keyOf, type MergePatch, type Result, type WorkQueue } from '@hypersdk/kube';
import { unlessGone, unlessThere } from '../idempotent.ts';
import { VMOperations } from '../resources.ts';
import type { Context } from '../context.ts';
import { isDraining } from './draining-node.ts';
import { observeDrains } from './observed.ts';
import { drainedNode } from './operation.ts';
import { planDrains } from './plan.ts';

const CLUSTER = 'cluster';

export async function reconcileDrains(context: Context, _key: string, signal: AbortSignal): Promise<Result> {
  const { client } = context;
  const { create, cancel, requeueAfter } = planDrains(observeDrains(context), new Date());
  for (const operation of cancel) {
    const patch: MergePatch<VMOperation> = { spec: { cancel: true } };
    await unlessGone(client.mergePatch(VMOperations, operation.metadata, patch, { signal }));
  }
  for (const operation of create) {
    await unlessThere(client.create(VMOperations, operation, { signal }));
    await isCached(context, operation, signal);
  }
  return { requeueAfter };
}

/** The next look has to count it. Rejects with the signal's reason. */
async function isCached(
  { caches: { operations } }: Context,
  operation: VMOperation,
  signal: AbortSignal,
): Promise<void> {
  const key = keyOf(operation);
  const seen = Promise.withResolvers<undefined>();
  const stop = operations.subscribe(({ object }) => {
    if (keyOf(object) === key) seen.resolve(undefined);
  });
  const abort = (): void => {
    seen.reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await seen.promise;
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}

export function enqueueDrains({ caches, config }: Context, queue: WorkQueue): void {
  const isDrained = (name: string | undefined): boolean => {
    const node = caches.nodes.get(name ?? '');
    return node !== undefined && isDraining(node, config.drain);
  };
  caches.nodes.subscribe((change) => {
    const before = change.type === 'modified' && isDraining(change.previous, config.drain);
    if (before || isDraining(change.object, config.drain)) queue.add(CLUSTER);
  });
  caches.virtualMachines.subscribe(({ object: { status } }) => {
    if (isDrained(status?.nodeName)) queue.add(CLUSTER);
  });
  caches.operations.subscribe(({ object }) => {
    const { namespace = '' } = object.metadata;
    const vm = caches.virtualMachines.get(`${namespace}/${object.spec.vmRef.name}`);
    if (drainedNode(object) !== undefined || isDrained(vm?.status?.nodeName)) queue.add(CLUSTER);
  });
}
