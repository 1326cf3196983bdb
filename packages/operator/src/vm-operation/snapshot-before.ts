/** The snapshot that is taken before an operation's own work, to which it may be rolled back. Pure. */
import {
  findCondition,
  type OperationCheck,
  type VirtualMachine,
  type VMOperation,
  type VMSnapshot,
} from '@hypersdk/api';
import { snapshotObstacle } from '../vm-snapshot/obstacle.ts';
import { quotaOf } from '../vm-snapshot/quota.ts';
import type { Next, Undoing } from './kind.ts';
import type { ObservedOperation, ObservedSafety } from './observed.ts';
import { isSnapshotMadeBy, snapshotOfVm } from './snapshot-of-vm.ts';
import { isWorkBegun, SNAPSHOT_BEFORE } from './steps.ts';

const LONGEST_NAME = 63;

export const snapshotBeforeName = ({ metadata }: { readonly metadata: { readonly name: string } }): string =>
  `${metadata.name}-before`;

export const takesSnapshotBefore = ({ spec }: VMOperation): boolean =>
  spec.preSnapshot || spec.rollbackOnFailure;

const existsAlready = (name: string): string => `VMSnapshot ${name} exists already: delete it first`;

const wanted = (operation: VMOperation): VMSnapshot =>
  snapshotOfVm(operation, snapshotBeforeName(operation), {
    description: `Taken before VMOperation ${operation.metadata.name}`,
  });

export function snapshotBeforeCheck({ operation, vm, family, safety }: ObservedOperation): OperationCheck[] {
  if (!takesSnapshotBefore(operation) || !vm || !safety) return [];
  const check = 'snapshot before it';
  const { snapshot, disks } = safety;
  const name = snapshotBeforeName(operation);
  if (snapshot && !isSnapshotMadeBy(snapshot, operation)) {
    return [{ check, ok: false, reason: existsAlready(name) }];
  }
  const obstacle =
    tooLong(name) ?? snapshotObstacle({ snapshot: wanted(operation), vm, disks }) ?? full(vm, safety, family);
  return obstacle === undefined
    ? [{ check, ok: true, reason: `VMSnapshot ${name} is taken first` }]
    : [{ check, ok: false, reason: `no snapshot can be taken first: ${obstacle}` }];
}

/** Its disks are known by its name. */
function tooLong(name: string): string | undefined {
  if (name.length <= LONGEST_NAME) return undefined;
  const most = LONGEST_NAME - snapshotBeforeName({ metadata: { name: '' } }).length;
  return `its name, ${name}, would have ${name.length} characters of ${LONGEST_NAME}: name the operation with ${most} at most`;
}

function full(
  vm: VirtualMachine,
  { snapshot, config }: ObservedSafety,
  family: readonly VMSnapshot[] = [],
): string | undefined {
  const quota = snapshot ? undefined : quotaOf({ vm, family, config });
  return quota?.type === 'exceeded' ? quota.message : undefined;
}

/** Undefined once it is there. It may go afterwards: the operation has what it asked for. */
export function snapshotBefore({ operation, safety }: ObservedOperation): Next | undefined {
  const snapshot = safety?.snapshot;
  const name = snapshotBeforeName(operation);
  const told = { step: SNAPSHOT_BEFORE, message: `VMSnapshot ${name} is taken first` };
  if (!snapshot) {
    return {
      ...{ type: 'waiting', ...told, told: { snapshot: name } },
      actions: [{ type: 'createSnapshot', snapshot: wanted(operation) }],
    };
  }
  if (!isSnapshotMadeBy(snapshot, operation)) {
    return { type: 'failed', message: existsAlready(name) };
  }
  if (snapshot.status?.phase === 'Failed') {
    const { message = '' } = findCondition(snapshot.status.conditions, 'Ready') ?? {};
    return { type: 'failed', message: `No snapshot could be taken first: ${message}` };
  }
  return snapshot.status?.readyToRestore ? undefined : { type: 'waiting', ...told };
}

/** One that was not ready is not wanted any more. */
export function dropUnfinished({ operation, safety }: ObservedOperation): Undoing | undefined {
  const snapshot = safety?.snapshot;
  if (!snapshot || isWorkBegun(operation.status ?? {}) || !isSnapshotMadeBy(snapshot, operation))
    return undefined;
  return unfinished(snapshot);
}

/** Undefined where it is ready, or goes already. */
export function unfinished(snapshot: VMSnapshot): Undoing | undefined {
  if (snapshot.status?.readyToRestore || snapshot.metadata.deletionTimestamp) return undefined;
  return { actions: [{ type: 'deleteSnapshot', snapshot }] };
}
