/** Operation restore: power-off, other layers below the disks, power-on. Pure. */
import { layerId, type VMOperationStatus, type VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import type { ResolvedDisk } from '../virtual-machine/disks/disks.ts';
import { keeperEnd, keeperPod } from '../vm-snapshot/keeper-pod.ts';
import type { ClonePlan } from './clone/actions.ts';
import type { OperationKind } from './kinds.ts';
import type { ObservedOperation } from './observed.ts';
import { isActive } from './order.ts';
import { planOperation, type OperationPlan } from './plan.ts';

export interface ObservedRestore extends ObservedOperation {
  readonly snapshot: VMSnapshot | undefined;
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  readonly keeper: Pod | undefined;
  readonly config: Config;
}

/** Milliseconds after which a keeper that failed is tried again. */
const RETRY_MS = 15_000;

export function planRestore(observed: ObservedRestore, now: Date): ClonePlan {
  const { operation, keeper } = observed;
  if (!isActive(operation)) return over(observed, planOperation(observed, now));
  const end = keeper && keeperEnd(keeper);
  const isBegun = operation.status?.phase === 'Running';
  const kind = kindOf(isBegun ? undefined : restoreObstacle(observed), end?.type === 'succeeded');
  const base = planOperation(observed, now, kind);
  // What has been begun is seen to its end: the disks are switched all together or not at all.
  if (end?.type === 'running') return underWay(base, operation.status, 'The disks go back to the snapshot');
  if (base.status.phase === 'Succeeded' && isBegun) return succeeded(observed, base);
  if (base.status.phase !== 'Running' || !isBegun) return { ...base, actions: [] };
  return keeper && end?.type === 'failed' ? ofFailure(base, keeper, end, now) : next(observed, base);
}

function kindOf(obstacle: string | undefined, isDone: boolean): OperationKind {
  return {
    doing: 'Going back to the snapshot: the guest is powered off first',
    done: 'The disks hold what the snapshot holds',
    obstacle: () => obstacle,
    isDone: () => isDone,
    supersededBy: [],
  };
}

function restoreObstacle({ operation, snapshot, disks }: ObservedRestore): string | undefined {
  const name = operation.spec.restoreSpec?.snapshotRef.name ?? '';
  if (!snapshot) return `VMSnapshot ${name} does not exist`;
  if (snapshot.spec.vmRef.name !== operation.spec.vmRef.name) {
    return `VMSnapshot ${name} is of VirtualMachine ${snapshot.spec.vmRef.name}`;
  }
  if (snapshot.metadata.deletionTimestamp) return `VMSnapshot ${name} is being deleted`;
  if (!snapshot.status?.readyToRestore) return `VMSnapshot ${name} is not ready to be gone back to`;
  if ('problem' in disks) return disks.problem;
  const lost = snapshot.status.disks?.find((disk) => !disks.some((other) => other.name === disk.name));
  return lost && `VMSnapshot ${name} holds disk ${lost.name}, which the VM has no more: add it again first`;
}

/** Only the snapshot's disks: one that came since stays as it is. */
function next(
  { operation, vm, snapshot, disks, claims, config }: ObservedRestore,
  base: OperationPlan,
): ClonePlan {
  if (!snapshot || 'problem' in disks || vm?.status?.disksHeldFor !== operation.metadata.uid) {
    return { ...base, actions: [] };
  }
  const held = disks.filter(({ name }) => snapshot.status?.disks?.some((disk) => disk.name === name));
  const work = { type: 'restore', id: layerId(snapshot.metadata.uid ?? '') } as const;
  const pod = keeperPod({ owner: operation, disks: held, claims, work, config });
  return { ...base, actions: [{ type: 'createWorker', pod }] };
}

function underWay(base: OperationPlan, before: VMOperationStatus | undefined, message: string): ClonePlan {
  const { requeueAfter: _, ...rest } = base;
  return { ...rest, status: { ...before, message }, actions: [] };
}

function succeeded({ operation }: ObservedRestore, base: OperationPlan): ClonePlan {
  const result = operation.spec.restoreSpec?.snapshotRef.name;
  return { ...base, status: { ...base.status, ...(result !== undefined && { result }) }, actions: [] };
}

type Failure = Extract<ReturnType<typeof keeperEnd>, { type: 'failed' }>;

function ofFailure(base: OperationPlan, keeper: Pod, end: Failure, now: Date): ClonePlan {
  if (end.permanent) {
    const ended = { phase: 'Failed', message: end.message, completionTime: now.toISOString() } as const;
    return { status: { ...base.status, ...ended }, actions: [] };
  }
  const wait = Date.parse(end.time) + RETRY_MS - now.getTime();
  const status = { ...base.status, message: `${end.message}; it is tried again` };
  if (wait > 0) return { status, actions: [], requeueAfter: wait };
  return { status, actions: [{ type: 'deleteWorker', pod: keeper }] };
}

/** A finished keeper is evidence of a failure, and litter after a success. */
function over({ operation, keeper }: ObservedRestore, base: OperationPlan): ClonePlan {
  const isLitter = operation.status?.phase === 'Succeeded' && keeper && !keeper.metadata.deletionTimestamp;
  return { ...base, actions: isLitter ? [{ type: 'deleteWorker', pod: keeper }] : [] };
}
