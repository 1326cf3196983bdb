/** An operation that has not begun: whether its turn has come, and whether it can be done. Pure. */
import { parseDuration, type ChangedFields, type OperationCheck, type VirtualMachine } from '@hypersdk/api';
import { awaitedSnapshot, awaitsSnapshot } from './awaited-snapshot.ts';
import { answered, ended } from './ended.ts';
import type { Found, OperationKind } from './kind.ts';
import type { ObservedOperation } from './observed.ts';
import { earlierOne, superseded, supersedingOne } from './order.ts';
import { snapshotBeforeCheck, takesSnapshotBefore } from './snapshot-before.ts';
import { atStep, SNAPSHOT_BEFORE } from './steps.ts';
import type { OperationPlan } from './actions.ts';

export function planPending<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  now: Date,
): OperationPlan {
  const { operation, vm, others } = observed;
  if (operation.spec.cancel) {
    return ended(operation, { phase: 'Cancelled', message: 'Cancelled on request' }, now);
  }
  const there = vmCheck(observed, kind);
  if (!vm || !there.ok) return refused(observed, [there], now);
  const successor = supersedingOne(operation, others, kind.supersededBy);
  if (successor) return ended(operation, superseded(successor), now);
  const earlier = earlierOne(operation, others);
  if (earlier) return waiting(observed, `Waiting for operation ${earlier.metadata.name}`);
  const snapshot = kind.followsSnapshots && awaitedSnapshot(observed);
  if (snapshot) return waiting(observed, awaitsSnapshot(snapshot));
  const found = { ...observed, vm };
  const preflight = [there, ...snapshotBeforeCheck(observed), ...kind.preflight(found)];
  if (preflight.some(({ ok }) => !ok)) return refused(observed, preflight, now);
  if (operation.spec.dryRun) {
    const message = 'Dry run: the operation could be done';
    return ended(operation, { phase: 'Succeeded', message, preflight }, now);
  }
  return begin(kind, found, preflight, now);
}

function vmCheck(
  { operation: { spec, metadata }, vm }: ObservedOperation,
  { deletesVm }: Pick<OperationKind, 'deletesVm'>,
): OperationCheck {
  const check = 'VirtualMachine';
  const name = `VirtualMachine ${spec.vmRef.name}`;
  if (!vm) {
    return { check, ok: false, reason: `${name} does not exist in namespace ${metadata.namespace ?? ''}` };
  }
  if (vm.metadata.deletionTimestamp && !deletesVm) {
    return { check, ok: false, reason: `${name} is being deleted` };
  }
  return { check, ok: true };
}

function refused(
  { operation }: ObservedOperation,
  preflight: readonly OperationCheck[],
  now: Date,
): OperationPlan {
  const reasons = preflight.flatMap(({ ok, reason }) => (ok ? [] : [reason ?? '']));
  return ended(operation, { phase: 'Failed', message: reasons.join('; '), preflight: [...preflight] }, now);
}

function waiting({ operation }: ObservedOperation, message: string): OperationPlan {
  return { status: { ...answered(operation), phase: 'Pending', message }, actions: [] };
}

/** Nothing is done before the status says so, and how things were. */
function begin<O extends ObservedOperation>(
  kind: OperationKind<O>,
  { operation, vm }: O & Found,
  preflight: readonly OperationCheck[],
  now: Date,
): OperationPlan {
  const after = kind.change?.(vm.spec, operation);
  const status = {
    ...answered(operation),
    phase: 'Running' as const,
    ...{ progress: 0, message: kind.doing, preflight: [...preflight] },
    startTime: now.toISOString(),
    fromEpoch: vm.status?.epoch ?? 0,
    vmUid: vm.metadata.uid,
    ...(vm.status?.power && { fromPower: vm.status.power.desired }),
    ...(after && { change: { before: asBefore(vm, after), after: { ...after } } }),
  };
  const isSafe = takesSnapshotBefore(operation);
  const message = 'A snapshot is taken first';
  return {
    status: isSafe ? atStep(status, SNAPSHOT_BEFORE, { message, progress: 0 }, now) : status,
    actions: [],
    requeueAfter: parseDuration(operation.spec.timeout),
  };
}

function asBefore({ spec }: VirtualMachine, after: ChangedFields): ChangedFields {
  const fields = Object.keys(after) as (keyof ChangedFields)[]; // of a literal that has no others
  return Object.fromEntries(
    fields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])),
  );
}
