/** An operation that has begun and goes on. Pure. */
import { parseDuration, type VirtualMachine, type VMOperation, type VMOperationStatus } from '@hypersdk/api';
import { answered, ended, type Ending } from './ended.ts';
import type { Found, Next, OperationKind, Waiting } from './kind.ts';
import type { ObservedOperation } from './observed.ts';
import { superseded, supersedingOne } from './order.ts';
import { endBadly } from './plan-ending.ts';
import { snapshotBefore, takesSnapshotBefore } from './snapshot-before.ts';
import { atStep, isWorkBegun } from './steps.ts';
import type { OperationPlan } from './actions.ts';

export function planRunning<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  now: Date,
): OperationPlan {
  const { vm, others } = observed;
  if (!vm || vm.metadata.uid !== (observed.operation.status?.vmUid ?? vm.metadata.uid)) {
    return planGone(kind, observed, now);
  }
  const operation = { ...observed.operation, status: statusOf(observed, vm) };
  const found = { ...observed, operation, vm };
  const next = nextOf(kind, found, now);
  if (next.type === 'done') {
    const { told, ...end } = next;
    const done = { ...operation, status: { ...operation.status, ...told } };
    return ended(done, { ...end, phase: 'Succeeded' }, now);
  }
  if (next.type === 'failed') {
    return endBadly(kind, found, { phase: 'Failed', message: next.message }, now);
  }
  if (next.isFinal) return waiting(operation, next, now);
  // Whoever supersedes it decides what is wanted; nothing is taken back.
  const successor = supersedingOne(operation, others, kind.supersededBy);
  if (successor) return ended(operation, superseded(successor), now);
  const ending = stopOf(found, next, now);
  return ending ? endBadly(kind, found, ending, now) : waiting(operation, next, now);
}

/**
 * What is done in the guest's next run counts from where the operation's own work begins. The snapshot before it is on
 * record by then, whoever made it: others look there for what the disks go back to.
 */
function statusOf({ operation, safety }: ObservedOperation, vm: VirtualMachine): VMOperationStatus {
  const status = answered(operation);
  if (!takesSnapshotBefore(operation) || isWorkBegun(status)) return status;
  const snapshot = safety?.snapshot?.metadata.name;
  return { ...status, fromEpoch: vm.status?.epoch ?? 0, ...(snapshot !== undefined && { snapshot }) };
}

/** One that was made since under the same name is another VM. */
function planGone<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  now: Date,
): OperationPlan {
  const { operation } = observed;
  if (kind.deletesVm) return ended(operation, { phase: 'Succeeded', message: 'The VM is deleted' }, now);
  const message = `VirtualMachine ${operation.spec.vmRef.name} was deleted`;
  return endBadly(kind, observed, { phase: 'Failed', message }, now);
}

/** The snapshot first, then what is written of spec; then the kind's own work. */
function nextOf<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O & Found & { readonly operation: { readonly status: VMOperationStatus } },
  now: Date,
): Next {
  const { operation, vm } = observed;
  const { status } = operation;
  if (!isWorkBegun(status)) {
    const taking = takesSnapshotBefore(operation) ? snapshotBefore(observed) : undefined;
    if (taking) return taking;
    const patch = status.change?.after;
    const step = operation.spec.operation;
    if (patch)
      return { type: 'waiting', step, message: kind.doing, actions: [{ type: 'patchVm', vm, patch }] };
  }
  return kind.next({ observed, status, now });
}

function stopOf({ operation, vm }: ObservedOperation & Found, next: Waiting, now: Date): Ending | undefined {
  const { cancel, timeout } = operation.spec;
  if (cancel) return { phase: 'Cancelled', message: 'Cancelled on request' };
  if (now.getTime() < deadlineOf(operation)) return undefined;
  const said = vm.status?.conditions?.find(({ type }) => type === 'Ready')?.message;
  return { phase: 'Failed', message: `Not done within ${timeout}: ${next.message ?? said ?? ''}` };
}

/** Milliseconds since the epoch. */
function deadlineOf({ status, spec }: VMOperation): number {
  return Date.parse(status?.startTime ?? '') + parseDuration(spec.timeout);
}

function waiting(operation: VMOperation, next: Waiting, now: Date): OperationPlan {
  const { step, actions = [], requeueAfter = Infinity, isFinal } = next;
  const before = { ...answered(operation), ...next.told };
  const { message = before.message, progress = before.progress } = next;
  const left = isFinal ? Infinity : deadlineOf(operation) - now.getTime();
  const wait = Math.min(left, requeueAfter);
  return {
    ...{ status: atStep(before, step, { message, progress }, now), actions },
    ...(wait !== Infinity && { requeueAfter: wait }),
  };
}
