/** Operation snapshot: makes a VMSnapshot, and ends as that does. Pure. */
import { findCondition, type VMOperation, type VMSnapshot } from '@hypersdk/api';
import { checked, type OperationKind } from '../kind.ts';
import type { ObservedLayers, ObservedOperation } from '../observed.ts';
import { observeLayers } from '../restore/observe.ts';
import { snapshotObstacle } from '../../vm-snapshot/obstacle.ts';
import { snapshotsOf } from '../../vm-snapshot/of-vm.ts';
import { quotaOf } from '../../vm-snapshot/quota.ts';
import { unfinished } from '../snapshot-before.ts';
import { isSnapshotMadeBy, snapshotOfVm } from '../snapshot-of-vm.ts';

export interface ObservedSnapshotOperation
  extends ObservedOperation, Pick<ObservedLayers, 'disks' | 'config'> {
  /** The VMSnapshot of the name, whoever made it. */
  readonly snapshot: VMSnapshot | undefined;
  /** All snapshots of the VM. */
  readonly family: readonly VMSnapshot[];
}

const STEP = 'snapshot';

const nameOf = ({ spec, metadata }: VMOperation): string => spec.snapshotSpec?.name ?? metadata.name;
const wanted = (operation: VMOperation): VMSnapshot =>
  snapshotOfVm(operation, nameOf(operation), operation.spec.snapshotSpec ?? {});

export const snapshotKind: OperationKind<ObservedSnapshotOperation> = {
  doing: 'Taking a snapshot',
  observe: (context, observed) => {
    const { operation, vm } = observed;
    const key = `${operation.metadata.namespace ?? ''}/${nameOf(operation)}`;
    const { disks, config } = observeLayers(context, operation, vm);
    const family = vm ? snapshotsOf(context.caches, vm) : [];
    return { ...observed, disks, config, family, snapshot: context.own.snapshots.get(key) };
  },
  preflight: (observed) =>
    checked(observed, {
      'name of the snapshot': nameTaken,
      quota: quotaReached,
      disks: ({ operation, vm, disks }) => snapshotObstacle({ snapshot: wanted(operation), vm, disks }),
    }),
  supersededBy: ['delete'],
  sparesDisks: true,
  next: ({ observed: { operation, snapshot }, status }) => {
    const name = nameOf(operation);
    if (!snapshot) {
      // Deleted by somebody, once it was there.
      if (status.steps) return { type: 'failed', message: `VMSnapshot ${name} was deleted` };
      return {
        ...{ type: 'waiting', step: STEP },
        actions: [{ type: 'createSnapshot', snapshot: wanted(operation) }],
      };
    }
    if (!isSnapshotMadeBy(snapshot, operation)) return { type: 'failed', message: existsAlready(operation) };
    const { phase, conditions } = snapshot.status ?? {};
    if (phase === 'Ready') return { type: 'done', message: 'The snapshot is ready', result: name };
    if (phase !== 'Failed') return { type: 'waiting', step: STEP };
    return { type: 'failed', message: findCondition(conditions, 'Ready')?.message ?? 'It failed' };
  },
  undo: ({ operation, snapshot }) => {
    // One that failed stays, and says why.
    const isOurs = snapshot && isSnapshotMadeBy(snapshot, operation);
    return isOurs && snapshot.status?.phase !== 'Failed' ? unfinished(snapshot) : undefined;
  },
};

const nameTaken = ({ snapshot, operation }: ObservedSnapshotOperation): string | undefined =>
  snapshot && !isSnapshotMadeBy(snapshot, operation) ? existsAlready(operation) : undefined;

function quotaReached(observed: ObservedSnapshotOperation): string | undefined {
  const quota = quotaOf(observed);
  return quota?.type === 'exceeded' ? quota.message : undefined;
}

const existsAlready = (operation: VMOperation): string =>
  `VMSnapshot ${nameOf(operation)} exists already: choose another snapshotSpec.name`;
