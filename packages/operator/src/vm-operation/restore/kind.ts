/** Operation restore: power-off, other layers below the disks, power-on. Pure. */
import { findCondition, type VMSnapshot } from '@hypersdk/api';
import { millisecondsBetween } from '../../metrics/milliseconds-between.ts';
import { checked, type OperationKind } from '../kind.ts';
import type { ObservedOperation } from '../observed.ts';
import { isWithMemory, restoreDisks, restoreLitter } from './disks.ts';
import { memoryObstacle, resumeGuest, undoRestore } from './memory.ts';
import { observeRestore } from './observe.ts';
import { RESUME } from './steps.ts';
import type { ObservedRestore } from './observed.ts';

export const restoreKind: OperationKind<ObservedRestore> = {
  doing: 'Going back to the snapshot: the guest is powered off first',
  observe: observeRestore,
  preflight: (observed) =>
    checked(observed, { snapshot: snapshotObstacle, disks: diskObstacle, memory: memoryObstacle }),
  supersededBy: [],
  followsSnapshots: true,
  sparesDisks: true,
  next: ({ observed, status, now }) => {
    const isResuming = status.steps?.some(({ name }) => name === RESUME);
    if (isResuming) return resumeGuest(observed, { message: DONE, result: nameOf(observed) });
    const next = restoreDisks(observed, now);
    switch (next.type) {
      case 'waiting':
        return next;
      case 'failed':
        return next;
      case 'done':
        return isWithMemory(observed)
          ? { type: 'waiting', step: RESUME }
          : { type: 'done', message: DONE, result: nameOf(observed) };
    }
  },
  undo: undoRestore,
  litter: ({ operation, keeper, undoer }) =>
    operation.status?.phase === 'Succeeded' || undoer
      ? [...restoreLitter(keeper), ...restoreLitter(undoer)]
      : [],
  onEnd: (observed, { startTime, completionTime }) => ({
    event: {
      reason: 'SnapshotRestored',
      message: `The disks hold what VMSnapshot ${nameOf(observed)} holds`,
    },
    count: (metrics, outcome) => {
      metrics.snapshotted('restore', outcome, millisecondsBetween(startTime, completionTime));
    },
  }),
};

const DONE = 'The disks hold what the snapshot holds';

const nameOf = ({ operation }: Pick<ObservedOperation, 'operation'>): string =>
  operation.spec.restoreSpec?.snapshotRef.name ?? '';

function snapshotObstacle({ operation, snapshot, vm }: ObservedRestore): string | undefined {
  const name = nameOf({ operation });
  if (!snapshot) return `spec.restoreSpec.snapshotRef: VMSnapshot ${name} does not exist`;
  if (snapshot.spec.vmRef.name !== operation.spec.vmRef.name) {
    return `VMSnapshot ${name} is of VirtualMachine ${snapshot.spec.vmRef.name}`;
  }
  const { vmUid = vm?.metadata.uid } = snapshot.status ?? {};
  if (vm && vmUid !== vm.metadata.uid) {
    return `VMSnapshot ${name} is of a former VirtualMachine of the name ${vm.metadata.name}`;
  }
  if (snapshot.metadata.deletionTimestamp) return `VMSnapshot ${name} is being deleted`;
  return snapshot.status?.readyToRestore ? undefined : notReady(snapshot);
}

function notReady({ metadata: { name }, status }: VMSnapshot): string {
  const why = findCondition(status?.conditions, 'Ready')?.message;
  return `VMSnapshot ${name} is not ready to be gone back to${why ? `: ${why}` : ', wait until it is'}`;
}

function diskObstacle({ snapshot, disks }: ObservedRestore): string | undefined {
  if ('problem' in disks) return disks.problem;
  const lost = snapshot?.status?.disks?.find((disk) => !disks.some((other) => other.name === disk.name));
  return (
    lost &&
    `VMSnapshot ${snapshot?.metadata.name ?? ''} holds disk ${lost.name}, which the VM has no more: add it again first`
  );
}
