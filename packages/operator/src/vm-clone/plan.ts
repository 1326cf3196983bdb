/** What to do about one VMClone: it has one operation made, and tells how that goes. Pure. */
import {
  setCondition,
  type EffectiveSpec,
  type VMClone,
  type VMCloneStatus,
  type VMOperation,
} from '@hypersdk/api';
import { isOwnedBy } from '@hypersdk/kube';
import type { Update } from '../condition-update.ts';
import { cloneOperation, cloneProblem } from './operation.ts';

export interface ObservedVmClone {
  readonly clone: VMClone;
  /** The operation of the clone's name, whoever made it. */
  readonly operation: VMOperation | undefined;
  /** The source's spec with nothing left open; undefined while there is no source. */
  readonly source: EffectiveSpec | undefined;
}

export interface VmClonePlan {
  readonly status: VMCloneStatus;
  readonly create?: VMOperation;
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
}

export function planVmClone(observed: ObservedVmClone, now: Date): VmClonePlan {
  const { clone, operation, source } = observed;
  const { phase } = clone.status ?? {};
  if (phase === 'Ready' || phase === 'Failed') return { status: clone.status ?? {} };
  if (operation && !isOwnedBy(operation, clone.metadata.uid ?? '')) {
    return failed(clone, `VMOperation ${operation.metadata.name} exists and is not this clone's`, now);
  }
  if (operation) return ofOperation(clone, operation, now);
  if (clone.status?.operation !== undefined) return failed(clone, 'Its operation was deleted', now);
  const problem = cloneProblem(clone, source);
  if (problem !== undefined) return failed(clone, problem, now);
  const message = 'The clone begins';
  return { status: tell(clone, { phase: 'Pending', message }, now), create: cloneOperation(clone) };
}

function ofOperation(clone: VMClone, { metadata, status }: VMOperation, now: Date): VmClonePlan {
  const { phase = 'Pending', message = '', progress } = status ?? {};
  const told = { message, operation: metadata.name, progress };
  switch (phase) {
    case 'Pending':
      return { status: tell(clone, { ...told, phase: 'Pending' }, now) };
    case 'Running':
      return { status: tell(clone, { ...told, phase: 'Cloning' }, now) };
    case 'Succeeded': {
      const { name, namespace } = clone.spec.target;
      const targetRef = { name, ...(namespace !== undefined && { namespace }) };
      const outcome = { ...told, phase: 'Ready', targetRef } as const;
      const event = { type: 'Normal', reason: 'CloneCompleted', message } as const;
      return { status: ended(tell(clone, outcome, now), now), event };
    }
    case 'Failed':
    case 'Cancelled':
      return failed(clone, message, now, metadata.name);
  }
}

function failed(
  clone: VMClone,
  message: string,
  now: Date,
  operation = clone.status?.operation,
): VmClonePlan {
  const outcome = { phase: 'Failed', message, ...(operation !== undefined && { operation }) } as const;
  const event = { type: 'Warning', reason: 'CloneFailed', message } as const;
  return { status: ended(tell(clone, outcome, now), now), event };
}

type Outcome = Pick<VMCloneStatus, 'message' | 'operation' | 'progress' | 'targetRef'> & {
  readonly phase: NonNullable<VMCloneStatus['phase']>;
};

function tell(clone: VMClone, outcome: Outcome, now: Date): VMCloneStatus {
  const observedGeneration = clone.metadata.generation ?? 0;
  const conditions = conditionsOf(clone, outcome).reduce(
    (all, update) => setCondition(all, { ...update, observedGeneration }, now),
    clone.status?.conditions ?? [],
  );
  return { ...clone.status, ...outcome, observedGeneration, conditions };
}

const ended = (status: VMCloneStatus, now: Date): VMCloneStatus => ({
  ...status,
  completionTime: now.toISOString(),
});

/** Customizing: what makes the clone another machine is settled with its VM, so it is over when the disks are made. */
function conditionsOf({ spec }: VMClone, { phase, message = '' }: Outcome): Update[] {
  const isCloning = phase === 'Pending' || phase === 'Cloning';
  const isCustomizing = isCloning && spec.customization !== undefined;
  const condition = (type: string, holds: boolean): Update => ({
    ...{ type, reason: phase, message },
    status: holds ? 'True' : 'False',
  });
  return [
    condition('Ready', phase === 'Ready'),
    condition('Cloning', isCloning),
    condition('Customizing', isCustomizing),
  ];
}
