/** What to do about one VMOperation. Pure. */
import { parseDuration, type VMOperation, type VMOperationStatus } from '@hypersdk/api';
import type { ObservedOperation } from './observed.ts';
import { byAge, isActive, supersedes } from './order.ts';
import { deleteOperation } from './delete-operation.ts';
import type { OperationKind, SpecPatch } from './kinds.ts';
import { powerOperations } from './power-operations.ts';

const kinds: Partial<Record<VMOperation['spec']['operation'], OperationKind>> = {
  ...powerOperations,
  delete: deleteOperation,
};

export interface OperationPlan {
  readonly status: VMOperationStatus;
  /** Fields of the VM's spec that the operation names, written on its user's behalf before the status. */
  readonly patch?: SpecPatch;
  /** Milliseconds until the operation times out or is to be deleted. */
  readonly requeueAfter?: number;
  readonly isExpired?: boolean;
  /** The VM is to be deleted, if it is still the one that the operation began on. */
  readonly deletesVm?: boolean;
}

/** The kind is given where it rests on more than the operation and its VM. */
export function planOperation(
  observed: ObservedOperation,
  now: Date,
  kind: OperationKind | undefined = kinds[observed.operation.spec.operation],
): OperationPlan {
  const { operation } = observed;
  if (!isActive(operation)) return planFinished(operation, now);
  if (operation.spec.cancel) return ended(operation, 'Cancelled', 'Cancelled on request', now);
  if (!kind)
    return ended(
      operation,
      'Failed',
      `Operation ${operation.spec.operation} is not implemented in this version`,
      now,
    );
  const ignored = (['preSnapshot', 'rollbackOnFailure'] as const).filter((field) => operation.spec[field]);
  if (ignored.length > 0) {
    return ended(operation, 'Failed', `${ignored.join(' and ')} is not implemented in this version`, now);
  }
  if (operation.status?.phase === 'Running') return planRunning(observed, kind, now);
  return planPending(observed, kind, now);
}

function planPending(
  { operation, vm, others }: ObservedOperation,
  kind: OperationKind,
  now: Date,
): OperationPlan {
  const name = operation.spec.vmRef.name;
  if (!vm)
    return ended(
      operation,
      'Failed',
      `VirtualMachine ${name} does not exist in namespace ${operation.metadata.namespace ?? ''}`,
      now,
    );
  if (vm.metadata.deletionTimestamp && operation.spec.operation !== 'delete')
    return ended(operation, 'Failed', `VirtualMachine ${name} is being deleted`, now);
  const successor = supersedingOne(operation, others, kind);
  if (successor) return ended(operation, 'Cancelled', `Superseded by ${successor.metadata.name}`, now);
  const earlier = others.find((other) => byAge(other, operation) < 0);
  if (earlier)
    return {
      status: {
        ...begun(operation),
        phase: 'Pending',
        message: `Waiting for operation ${earlier.metadata.name}`,
      },
    };
  const obstacle = kind.obstacle?.(vm);
  if (obstacle) return ended(operation, 'Failed', obstacle, now);
  if (operation.spec.dryRun)
    return ended(operation, 'Succeeded', 'Dry run: the operation could be done', now);
  return begin(operation, vm, kind, now);
}

function begin(
  operation: VMOperation,
  vm: NonNullable<ObservedOperation['vm']>,
  kind: OperationKind,
  now: Date,
): OperationPlan {
  const patch = kind.patch?.(vm.spec);
  const status: VMOperationStatus = {
    ...begun(operation),
    phase: 'Running',
    progress: 0,
    message: kind.doing,
    startTime: now.toISOString(),
    fromEpoch: vm.status?.epoch ?? 0,
    vmUid: vm.metadata.uid,
  };
  return { status, ...(patch && { patch }), requeueAfter: parseDuration(operation.spec.timeout) };
}

function planRunning(
  { operation, vm, others }: ObservedOperation,
  kind: OperationKind,
  now: Date,
): OperationPlan {
  const isDelete = operation.spec.operation === 'delete';
  // One that was made since under the same name is another VM.
  if (!vm || vm.metadata.uid !== (operation.status?.vmUid ?? vm.metadata.uid)) {
    if (isDelete) return ended(operation, 'Succeeded', kind.done, now);
    return ended(operation, 'Failed', `VirtualMachine ${operation.spec.vmRef.name} was deleted`, now);
  }
  if (kind.isDone(vm, operation)) return ended(operation, 'Succeeded', kind.done, now);
  const successor = supersedingOne(operation, others, kind);
  if (successor) return ended(operation, 'Cancelled', `Superseded by ${successor.metadata.name}`, now);
  const deadline = Date.parse(operation.status?.startTime ?? '') + parseDuration(operation.spec.timeout);
  if (now.getTime() >= deadline) {
    const said = vm.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
    return ended(operation, 'Failed', `Not done within ${operation.spec.timeout}: ${said}`, now);
  }
  const deletesVm = isDelete && !vm.metadata.deletionTimestamp;
  // It may have come since the operation began.
  const obstacle = deletesVm ? kind.obstacle?.(vm) : undefined;
  if (obstacle) return ended(operation, 'Failed', obstacle, now);
  return { status: begun(operation), requeueAfter: deadline - now.getTime(), deletesVm };
}

/** A start after a stop, say, makes the older one pointless. */
function supersedingOne(
  operation: VMOperation,
  others: readonly VMOperation[],
  { supersededBy }: OperationKind,
): VMOperation | undefined {
  return others.find((other) => supersedes(other, operation, supersededBy));
}

function begun(operation: VMOperation): VMOperationStatus {
  return {
    ...operation.status,
    ...(operation.metadata.generation !== undefined && { observedGeneration: operation.metadata.generation }),
  };
}

function ended(
  operation: VMOperation,
  phase: 'Succeeded' | 'Failed' | 'Cancelled',
  message: string,
  now: Date,
): OperationPlan {
  const completionTime = now.toISOString();
  const status = {
    ...begun(operation),
    phase,
    message,
    completionTime,
    ...(phase === 'Succeeded' && { progress: 100 }),
  };
  return planFinished({ ...operation, status }, now);
}

function planFinished(operation: VMOperation, now: Date): OperationPlan {
  const status = operation.status ?? {};
  const ttl = operation.spec.ttlSecondsAfterFinished;
  if (ttl === undefined) return { status };
  const left = Date.parse(status.completionTime ?? '') + ttl * 1000 - now.getTime();
  return left > 0 ? { status, requeueAfter: left } : { status, isExpired: true };
}
