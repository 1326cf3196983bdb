/** Operation snapshot: makes a VMSnapshot, and ends as that does. Pure. */
import { API_VERSION, findCondition, type VMOperation, type VMSnapshot } from '@hypersdk/api';
import type { ClonePlan } from './clone/actions.ts';
import type { OperationKind } from './kinds.ts';
import type { ObservedOperation } from './observed.ts';
import { isActive } from './order.ts';
import { planOperation } from './plan.ts';

export interface ObservedSnapshotOperation extends ObservedOperation {
  /** The VMSnapshot of the name, whoever made it. */
  readonly snapshot: VMSnapshot | undefined;
}

export const snapshotName = ({ spec, metadata }: VMOperation): string =>
  spec.snapshotSpec?.name ?? metadata.name;

export function planSnapshotOperation(observed: ObservedSnapshotOperation, now: Date): ClonePlan {
  const { operation, snapshot } = observed;
  const base = planOperation(observed, now, kindOf(observed));
  const name = snapshotName(operation);
  if (base.status.phase === 'Succeeded' && isActive(operation) && !operation.spec.dryRun) {
    return { ...base, status: { ...base.status, result: name }, actions: [] };
  }
  if (base.status.phase !== 'Running') return { ...base, actions: [] };
  if (!snapshot) {
    // Deleted by somebody, once it was there.
    if (operation.status?.phase === 'Running') return failed(base, `VMSnapshot ${name} was deleted`, now);
    return { ...base, actions: [{ type: 'createSnapshot', snapshot: wanted(operation) }] };
  }
  if (snapshot.status?.phase !== 'Failed') return { ...base, actions: [] };
  return failed(base, findCondition(snapshot.status.conditions, 'Ready')?.message ?? 'It failed', now);
}

function kindOf({ snapshot, operation }: ObservedSnapshotOperation): OperationKind {
  return {
    doing: 'Taking a snapshot',
    done: 'The snapshot is ready',
    obstacle: () =>
      snapshot && !isMadeBy(snapshot, operation)
        ? `VMSnapshot ${snapshotName(operation)} exists already: choose another snapshotSpec.name`
        : undefined,
    isDone: () => snapshot?.status?.phase === 'Ready' && isMadeBy(snapshot, operation),
    supersededBy: ['delete'],
  };
}

const MADE_BY = 'hypersdk.io/made-by';

function isMadeBy({ metadata }: VMSnapshot, operation: VMOperation): boolean {
  return metadata.annotations?.[MADE_BY] === operation.metadata.uid;
}

/** It is its own: it stays when the operation is deleted. */
function wanted(operation: VMOperation): VMSnapshot {
  const { description, includeMemory = false, quiesce = true } = operation.spec.snapshotSpec ?? {};
  return {
    apiVersion: API_VERSION,
    kind: 'VMSnapshot',
    metadata: {
      name: snapshotName(operation),
      namespace: operation.metadata.namespace ?? '',
      annotations: { [MADE_BY]: operation.metadata.uid ?? '' },
    },
    spec: {
      ...{ vmRef: operation.spec.vmRef, includeMemory, quiesce, method: 'disk' },
      ...(description !== undefined && { description }),
    },
  };
}

function failed(base: ClonePlan | ReturnType<typeof planOperation>, message: string, now: Date): ClonePlan {
  const status = { ...base.status, phase: 'Failed', message, completionTime: now.toISOString() } as const;
  return { status, actions: [] };
}
