/** Operation restore: power-off, other layers below the disks, power-on. Pure. */
import type { VMSnapshot } from '@hypersdk/api';
import { checked, type OperationKind } from '../kind.ts';
import type { ObservedLayers, ObservedOperation } from '../observed.ts';
import { restoreDisks, restoreLitter } from './disks.ts';
import { observeRestore } from './observe.ts';

export interface ObservedRestore extends ObservedOperation, ObservedLayers {
  readonly snapshot: VMSnapshot | undefined;
}

const STEP = 'restore';

export const restoreKind: OperationKind<ObservedRestore> = {
  doing: 'Going back to the snapshot: the guest is powered off first',
  observe: observeRestore,
  preflight: (observed) => checked(observed, { snapshot: snapshotObstacle, disks: diskObstacle }),
  supersededBy: [],
  sparesDisks: true,
  next: ({ observed, now }) => {
    const next = restoreDisks(observed, now);
    switch (next.type) {
      case 'waiting':
        return { ...next, step: STEP };
      case 'failed':
        return next;
      case 'done':
        return { type: 'done', message: 'The disks hold what the snapshot holds', result: nameOf(observed) };
    }
  },
  litter: ({ operation, keeper }) => (operation.status?.phase === 'Succeeded' ? restoreLitter(keeper) : []),
  onEnd: (observed) => ({
    event: {
      reason: 'SnapshotRestored',
      message: `The disks hold what VMSnapshot ${nameOf(observed)} holds`,
    },
    count: (metrics, outcome) => {
      metrics.snapshotted('restore', outcome);
    },
  }),
};

const nameOf = ({ operation }: Pick<ObservedOperation, 'operation'>): string =>
  operation.spec.restoreSpec?.snapshotRef.name ?? '';

function snapshotObstacle({ operation, snapshot, vm }: ObservedRestore): string | undefined {
  const name = nameOf({ operation });
  if (!snapshot) return `VMSnapshot ${name} does not exist`;
  if (snapshot.spec.vmRef.name !== operation.spec.vmRef.name) {
    return `VMSnapshot ${name} is of VirtualMachine ${snapshot.spec.vmRef.name}`;
  }
  const { vmUid = vm?.metadata.uid } = snapshot.status ?? {};
  if (vm && vmUid !== vm.metadata.uid) {
    return `VMSnapshot ${name} is of a former VirtualMachine of the name ${vm.metadata.name}`;
  }
  if (snapshot.metadata.deletionTimestamp) return `VMSnapshot ${name} is being deleted`;
  return snapshot.status?.readyToRestore ? undefined : `VMSnapshot ${name} is not ready to be gone back to`;
}

function diskObstacle({ snapshot, disks }: ObservedRestore): string | undefined {
  if ('problem' in disks) return disks.problem;
  const lost = snapshot?.status?.disks?.find((disk) => !disks.some((other) => other.name === disk.name));
  return (
    lost &&
    `VMSnapshot ${snapshot?.metadata.name ?? ''} holds disk ${lost.name}, which the VM has no more: add it again first`
  );
}
