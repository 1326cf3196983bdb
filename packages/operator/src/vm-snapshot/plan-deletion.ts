/** How a snapshot goes: what it held is folded away, and everything else stays. Pure. */
import { Finalizers, layerId, type LayerWork } from '@hypersdk/api';
import { dropWorkers } from '../vm-operation/drop-workers.ts';
import type { SnapshotPlan } from './actions.ts';
import { isUsedBy } from './in-use.ts';
import { keeperEnd, keeperOf, keeperPod } from './keeper-pod.ts';
import type { ObservedSnapshot } from './observed.ts';
import { snapshotStatus } from './status.ts';

const RETRY_MS = 15_000;

export function planDeletion(observed: ObservedSnapshot, now: Date): SnapshotPlan {
  const { snapshot, vm, disks, claims, linkedClones, place, config } = observed;
  const status = snapshot.status ?? {};
  if (!snapshot.metadata.finalizers?.includes(Finalizers.vmSnapshot)) return { status, actions: [] };
  // What is left of its layers goes with the claims, which it held.
  const isOfAnother = vm?.metadata.uid !== status.vmUid;
  if (!vm || isOfAnother || vm.metadata.deletionTimestamp) return gone(observed);
  const freezing = keeperOf(observed, 'freeze');
  const actions = dropWorkers(freezing);
  const wait = waitsFor(observed);
  if (wait !== undefined) return { ...waiting(observed, status.phase ?? 'Ready', wait, now), actions };
  // Two that change which file is the disk's would take both of its names away.
  if (freezing)
    return { ...waiting(observed, 'Deleting', 'The pod that makes its layers ends', now), actions };
  const id = layerId(snapshot.metadata.uid ?? '');
  if (vm.status?.droppedLayers?.includes(id)) return gone(observed);
  const keeper = keeperOf(observed, 'drop');
  if (keeper) return ofKeeper(observed, keeper, now);
  if ('problem' in disks) return waiting(observed, 'Deleting', disks.problem, now);
  if (vm.status?.disksHeldFor !== snapshot.metadata.uid) {
    return waiting(observed, 'Deleting', 'Its layers are being folded away', now);
  }
  const work: LayerWork = { type: 'drop', ids: [id] };
  const pod = keeperPod({ owner: snapshot, disks, claims, work, linkedClones, place, config });
  const plan = waiting(observed, 'Deleting', 'Its layers are being folded away', now);
  return { ...plan, actions: [{ type: 'createWorker', pod }] };
}

/** Nothing changes below a clone, nor below what somebody reads. */
function waitsFor({ snapshot, linkedClones, operations }: ObservedSnapshot): string | undefined {
  if (linkedClones.length > 0) {
    return `Linked clones stand on the disks of its VM: ${linkedClones.join(', ')}. Delete or flatten them, and it goes`;
  }
  const user = operations.find((operation) => isUsedBy(operation, snapshot.metadata.name));
  return user && `Waiting for operation ${user.metadata.name}`;
}

type Keeper = ObservedSnapshot['keepers'][number];

function ofKeeper(observed: ObservedSnapshot, pod: Keeper, now: Date): SnapshotPlan {
  const end = keeperEnd(pod);
  if (end.type === 'succeeded') return { ...gone(observed), actions: [{ type: 'deleteWorker', pod }] };
  if (end.type === 'running') return waiting(observed, 'Deleting', 'Its layers are being folded away', now);
  const plan = waiting(observed, 'Deleting', end.message, now);
  const wait = Date.parse(end.time) + RETRY_MS - now.getTime();
  return wait > 0 ? { ...plan, requeueAfter: wait } : { ...plan, actions: [{ type: 'deleteWorker', pod }] };
}

function waiting(
  { snapshot }: ObservedSnapshot,
  phase: NonNullable<ObservedSnapshot['snapshot']['status']>['phase'] & string,
  message: string,
  now: Date,
): SnapshotPlan {
  const reason = phase === 'Deleting' ? 'Deleting' : 'InUse';
  const isGoing = phase === 'Deleting' && { readyToRestore: false };
  const status = snapshotStatus(snapshot, { phase, reason, message }, now, { ...isGoing });
  return { status, actions: [] };
}

function gone({ snapshot }: ObservedSnapshot): SnapshotPlan {
  const { name } = snapshot.metadata;
  return {
    ...{ status: snapshot.status ?? {}, actions: [], finalizer: 'remove' },
    event: { type: 'Normal', reason: 'SnapshotDeleted', message: `VMSnapshot ${name} is deleted` },
    counted: { action: 'delete', outcome: 'succeeded' },
  };
}
