/** What to do about one VMOperation. Pure. */
import { parseDuration, type VMOperation, type VMOperationStatus } from '@hypersdk/api';
import type { ObservedOperation } from './observed.ts';
import { byAge, isActive } from './order.ts';
import { powerOperations, type PowerOperation, type SpecPatch } from './power-operations.ts';

export interface OperationPlan {
  readonly status: VMOperationStatus;
  /** Fields of the VM's spec that the operation names, written on its user's behalf before the status. */
  readonly patch?: SpecPatch;
  /** Milliseconds until the operation times out or is to be deleted. */
  readonly requeueAfter?: number;
  readonly isExpired?: boolean;
}

export function planOperation(observed: ObservedOperation, now: Date): OperationPlan {
  const { operation } = observed;
  if (!isActive(operation)) return planFinished(operation, now);
  if (operation.spec.cancel) return ended(operation, 'Cancelled', 'Cancelled on request', now);
  const kind = powerOperations[operation.spec.operation as PowerOperation['name']] as
    PowerOperation | undefined;
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
  kind: PowerOperation,
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
  if (vm.metadata.deletionTimestamp)
    return ended(operation, 'Failed', `VirtualMachine ${name} is being deleted`, now);
  const successor = supersedingOne(operation, others);
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
  if (operation.spec.dryRun)
    return ended(operation, 'Succeeded', 'Dry run: the operation could be done', now);
  return begin(operation, vm, kind, now);
}

function begin(
  operation: VMOperation,
  vm: NonNullable<ObservedOperation['vm']>,
  kind: PowerOperation,
  now: Date,
): OperationPlan {
  const patch = kind.patch(vm.spec);
  const status: VMOperationStatus = {
    ...begun(operation),
    phase: 'Running',
    progress: 0,
    message: kind.doing,
    startTime: now.toISOString(),
    fromEpoch: vm.status?.epoch ?? 0,
  };
  return { status, ...(patch && { patch }), requeueAfter: parseDuration(operation.spec.timeout) };
}

function planRunning(
  { operation, vm, others }: ObservedOperation,
  kind: PowerOperation,
  now: Date,
): OperationPlan {
  if (!vm) return ended(operation, 'Failed', `VirtualMachine ${operation.spec.vmRef.name} was deleted`, now);
  if (kind.isDone(vm, operation.status?.fromEpoch ?? 0)) return ended(operation, 'Succeeded', kind.done, now);
  const successor = supersedingOne(operation, others);
  if (successor) return ended(operation, 'Cancelled', `Superseded by ${successor.metadata.name}`, now);
  const deadline = Date.parse(operation.status?.startTime ?? '') + parseDuration(operation.spec.timeout);
  if (now.getTime() >= deadline) {
    const said = vm.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
    return ended(operation, 'Failed', `Not done within ${operation.spec.timeout}: ${said}`, now);
  }
  return { status: begun(operation), requeueAfter: deadline - now.getTime() };
}

/** A start after a stop, or a stop after a start, makes the older one pointless. */
function supersedingOne(operation: VMOperation, others: readonly VMOperation[]): VMOperation | undefined {
  const opposite = { start: 'stop', stop: 'start' }[operation.spec.operation as string];
  return others.find((other) => byAge(operation, other) < 0 && other.spec.operation === opposite);
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
