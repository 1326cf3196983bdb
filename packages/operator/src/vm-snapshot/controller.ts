/** Snapshots are not made in this version; every one is told so, instead of waiting for ever. */
import { setCondition, type VMSnapshot, type VMSnapshotStatus } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { keyOf, type Result } from '@hypersdk/kube';
import type { OperationContext } from '../vm-operation/controller.ts';

const MESSAGE = 'VMSnapshot is not implemented in this version: no snapshot was taken';

export async function reconcileSnapshot(
  context: OperationContext,
  key: string,
  signal: AbortSignal,
): Promise<Result> {
  const snapshot = context.own.snapshots.get(key);
  if (!snapshot || snapshot.metadata.deletionTimestamp || snapshot.status?.phase === 'Failed') return {};
  await context.own.snapshots.writeStatus(snapshot, refusal(snapshot, new Date()), signal);
  context.recorder.event(snapshot, 'Warning', 'NotImplemented', MESSAGE);
  return {};
}

function refusal({ metadata, status }: VMSnapshot, now: Date): VMSnapshotStatus {
  const update = { type: 'Ready', status: 'False', reason: 'NotImplemented', message: MESSAGE } as const;
  const observedGeneration = metadata.generation ?? 0;
  const conditions = setCondition(status?.conditions ?? [], { ...update, observedGeneration }, now);
  return { ...status, observedGeneration, phase: 'Failed', readyToRestore: false, conditions };
}

export function enqueueSnapshots({ caches }: OperationContext, queue: WorkQueue): void {
  caches.snapshots.subscribe(({ object }) => {
    queue.add(keyOf(object));
  });
}
