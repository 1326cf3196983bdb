/** Operation flatten: disks that stand on others come to stand alone. Pure, but for what `observeFlatten` reads. */
import type { VirtualMachine } from '@hypersdk/api';
import { toldProgress } from '../../worker/worker-progress.ts';
import { copierEnd } from '../clone/copier-end.ts';
import { dropWorkers } from '../drop-workers.ts';
import type { Next, OperationKind, Undoing, Waiting, Work } from '../kind.ts';
import { retry } from '../retry.ts';
import { flattenChecks, snapshotObstacle } from './checks.ts';
import { flattenerPod } from './flattener-pod.ts';
import { isSeenFlat, linkedDisks, type LinkedDisk } from './linked-disks.ts';
import { observeFlatten } from './observe.ts';
import type { ObservedFlatten } from './observed.ts';
import { standAlone } from './release.ts';

/** How often what works on the disks is asked how far it is. */
const LOOK_MS = 3000;

interface Flattening {
  readonly observed: ObservedFlatten & { readonly vm: VirtualMachine };
  /** Those that nobody has said yet to stand alone. */
  readonly left: readonly LinkedDisk[];
  readonly now: Date;
}

export const flattenKind: OperationKind<ObservedFlatten> = {
  doing: 'Flattening the disks',
  observe: observeFlatten,
  preflight: flattenChecks,
  supersededBy: [],
  followsSnapshots: true,
  sparesDisks: true,
  next: flatten,
  undo: ({ copier }) => (isWorking(copier) ? { actions: dropWorkers(copier) } : undefined),
  // One that failed stays, for its log.
  litter: ({ copier }) => (copier && copierEnd(copier).type !== 'failed' ? dropWorkers(copier) : []),
};

type Copier = ObservedFlatten['copier'];

const isWorking = (copier: Copier): boolean => copier !== undefined && copierEnd(copier).type === 'running';

function flatten({ observed, now }: Work<ObservedFlatten>): Next {
  const { disks, claims, operation, vm } = observed;
  if ('problem' in disks) return waiting(disks.problem);
  const left = linkedDisks(disks, claims, operation.spec.flattenSpec?.disks);
  if (left.length === 0) return { type: 'done', message: 'The disks stand alone' };
  const flattening = { observed, left, now };
  // Nobody else gets the disks of a guest that is off before that pod has ended.
  if (observed.copier && isWorking(observed.copier)) return followCopier(flattening, observed.copier);
  const obstacle = snapshotObstacle(observed);
  if (obstacle !== undefined) return { type: 'failed', message: obstacle };
  const flat = left.filter((disk) => isSeenFlat(disk, vm));
  if (flat.length > 0)
    return waiting('What the disks stood on is let go of', { actions: standAlone(flat, observed) });
  if (observed.copier) return followCopier(flattening, observed.copier);
  if (vm.status?.disksHeldFor === operation.metadata.uid) return beginCopier(flattening);
  return waiting('The running guest has its disks flattened', { progress: runningProgress(flattening) });
}

function beginCopier({ observed, left }: Flattening): Next {
  const pod = flattenerPod(observed.operation, left, observed);
  return waiting('The disks are being flattened', { actions: [{ type: 'createWorker', pod }] });
}

function followCopier({ observed, left, now }: Flattening, copier: NonNullable<Copier>): Next {
  const end = copierEnd(copier);
  switch (end.type) {
    case 'running': {
      const { progress } = observed.progress ?? {};
      return waiting(
        'The disks are being flattened',
        progress === undefined ? {} : { progress: toldProgress(progress) },
      );
    }
    case 'succeeded':
      return waiting('What the disks stood on is let go of', { actions: standAlone(left, observed) });
    case 'failed': {
      const { message, ...again } = retry(copier, end, now);
      return end.permanent ? { type: 'failed', message: end.message } : waiting(message, again);
    }
  }
}

/** Of all disks that the launcher works on, or has still to begin. */
function runningProgress({ observed: { vm }, left }: Flattening): number {
  const percents = left.map(
    ({ source }) => vm.status?.disks?.find(({ name }) => name === source.name)?.flattening ?? 0,
  );
  return Math.floor(percents.reduce((sum, percent) => sum + percent, 0) / Math.max(percents.length, 1));
}

function waiting(message: string, more: Undoing & Pick<Waiting, 'progress'> = {}): Waiting {
  return { type: 'waiting', step: 'flatten', message, requeueAfter: LOOK_MS, ...more };
}
