/** What to do about one operation flatten. Pure. */
import type { VirtualMachine, VMOperationStatus } from '@hypersdk/api';
import type { CloneAction, ClonePlan } from '../clone/actions.ts';
import { copierEnd } from '../clone/copier-end.ts';
import { retry } from '../clone/retry.ts';
import { isActive } from '../order.ts';
import { planOperation } from '../plan.ts';
import { flattenerPod } from './flattener-pod.ts';
import { isSeenFlat, linkedDisks, type LinkedDisk } from './linked-disks.ts';
import { flattenObstacle } from './obstacle.ts';
import type { ObservedFlatten } from './observed.ts';
import { standAlone } from './release.ts';

/** How often what works on the disks is asked how far it is. */
const LOOK_MS = 3000;

interface Flattening {
  readonly observed: ObservedFlatten;
  readonly vm: VirtualMachine;
  /** Those that nobody has said yet to stand alone. */
  readonly left: readonly LinkedDisk[];
  readonly status: VMOperationStatus;
  readonly now: Date;
}

export function planFlatten(observed: ObservedFlatten, now: Date): ClonePlan {
  const { operation, vm, disks, claims, copier } = observed;
  const isBegun = operation.status?.phase === 'Running';
  const left = 'problem' in disks ? [] : linkedDisks(disks, claims, operation.spec.flattenSpec?.disks);
  const kind = {
    doing: 'Flattening the disks',
    done: 'The disks stand alone',
    obstacle: () => (isBegun ? undefined : flattenObstacle(observed)),
    isDone: () => isBegun && !('problem' in disks) && left.length === 0,
    supersededBy: [],
  };
  const base = planOperation(observed, now, kind);
  if (isActive(operation) && isActive({ ...operation, status: base.status })) {
    if (!isBegun || base.status.phase !== 'Running' || !vm) return { ...base, actions: [] };
    const next = flatten({ observed, vm, left, status: base.status, now });
    return { ...next, requeueAfter: Math.min(base.requeueAfter ?? Infinity, next.requeueAfter ?? Infinity) };
  }
  // One that failed stays, for its log.
  const isLitter = copier && !copier.metadata.deletionTimestamp && copierEnd(copier).type !== 'failed';
  return { ...base, actions: isLitter ? [{ type: 'deleteWorker', pod: copier }] : [] };
}

function flatten(flattening: Flattening): ClonePlan {
  const { observed, vm, left, status } = flattening;
  const flat = left.filter((disk) => isSeenFlat(disk, vm));
  if (flat.length > 0) return { status, actions: standAlone(flat, observed) };
  if (observed.copier) return followCopier(flattening, observed.copier);
  if (vm.status?.disksHeldFor === observed.operation.metadata.uid) return beginCopier(flattening);
  return waiting(flattening, 'The running guest has its disks flattened', runningProgress(flattening));
}

function beginCopier(flattening: Flattening): ClonePlan {
  const { operation, config } = flattening.observed;
  const pod = flattenerPod(operation, flattening.left, config);
  return {
    ...waiting(flattening, 'The disks are being flattened'),
    actions: [{ type: 'createWorker', pod }],
  };
}

function followCopier(flattening: Flattening, copier: NonNullable<ObservedFlatten['copier']>): ClonePlan {
  const { observed, left, status, now } = flattening;
  const end = copierEnd(copier);
  switch (end.type) {
    case 'running':
      return waiting(flattening, 'The disks are being flattened', observed.progress?.progress);
    case 'succeeded':
      return { status, actions: standAlone(left, observed) };
    case 'failed': {
      if (!end.permanent) return retry(copier, end, { status, now });
      const failed = {
        ...status,
        phase: 'Failed',
        message: end.message,
        completionTime: now.toISOString(),
      } as const;
      return { status: failed, actions: [] };
    }
  }
}

/** Of all disks that the launcher works on, or has still to begin. */
function runningProgress({ vm, left }: Flattening): number {
  const percents = left.map(
    ({ source }) => vm.status?.disks?.find(({ name }) => name === source.name)?.flattening ?? 0,
  );
  return Math.floor(percents.reduce((sum, percent) => sum + percent, 0) / Math.max(percents.length, 1));
}

function waiting({ status }: Flattening, message: string, progress = status.progress): ClonePlan {
  const actions: CloneAction[] = [];
  return { status: { ...status, message, progress }, actions, requeueAfter: LOOK_MS };
}
