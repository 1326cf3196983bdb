/** How a restore brings back a guest's memory, and the VM as it was where that comes to nothing. Pure. */
import { findCondition, layerId, type LayerWork, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { keeperEnd, keeperPod } from '../../vm-snapshot/keeper-pod.ts';
import { dropWorkers } from '../drop-workers.ts';
import type { Next, Undoing } from '../kind.ts';
import { retry } from '../retry.ts';
import { shapeDifferences } from './shape-differences.ts';
import { FORGET, RESUME } from './steps.ts';
import type { ObservedRestore } from './observed.ts';

/** What the disks held before is kept under this id until the guest has gone on. */
const formerId = ({ metadata }: VMOperation): string => layerId(metadata.uid ?? '');

export const undoName = ({ metadata }: Pick<VMOperation, 'metadata'>): string => `${metadata.name}-undo`;

type Done = Pick<Extract<Next, { type: 'done' }>, 'message' | 'result'>;
type Resuming = ObservedRestore & { readonly vm: VirtualMachine };

/** The disks hold what the snapshot holds; the guest is to go on, if it is to run at all. */
export function resumeGuest({ operation, vm }: Resuming, done: Done): Next {
  const { fromEpoch = 0, steps = [] } = operation.status ?? {};
  const { phase, epoch = 0, power, droppedLayers = [], conditions } = vm.status ?? {};
  const isNew = epoch > fromEpoch;
  const ready = findCondition(conditions, 'Ready');
  if (isNew && phase === 'Failed') return { type: 'failed', message: ready?.message ?? 'The guest failed' };
  if (steps.at(-1)?.name === FORGET) {
    const isOver = phase !== 'Running' || droppedLayers.includes(formerId(operation));
    const message = 'The guest goes on; what its disks held before is dropped';
    return isOver ? { ...done, type: 'done' } : { type: 'waiting', step: FORGET, message, isFinal: true };
  }
  if (power?.desired === 'Off') return { ...done, type: 'done' };
  if (isNew && phase === 'Running') return { type: 'waiting', step: FORGET };
  return { type: 'waiting', step: RESUME, message: ready?.message ?? 'The guest is to go on' };
}

/**
 * A pod that may change the disks is ended first. Once its guest was to go on, a restore that fails brings the disks back to
 * what they held before.
 */
export function undoRestore(observed: ObservedRestore, now: Date): Undoing | undefined {
  const { operation, keeper, undoer } = observed;
  if (!operation.status?.steps?.some(({ name }) => name === RESUME)) {
    const isAtWork = keeper && keeperEnd(keeper).type === 'running';
    return isAtWork
      ? { message: 'The pod that was to change the disks ends', actions: dropWorkers(keeper) }
      : undefined;
  }
  if (!undoer)
    return { message: 'The disks go back to what they held before', actions: createUndoer(observed) };
  const end = keeperEnd(undoer);
  switch (end.type) {
    case 'succeeded':
      return undefined;
    case 'running':
      return {};
    case 'failed':
      return retry(undoer, end, now);
  }
}

function createUndoer({ operation, vm, snapshot, disks, ...rest }: ObservedRestore) {
  const { claims, linkedClones, place, config } = rest;
  if ('problem' in disks || vm?.status?.disksHeldFor !== operation.metadata.uid) return [];
  const held = disks.filter(({ name }) => snapshot?.status?.disks?.some((disk) => disk.name === name));
  const id = formerId(operation);
  const work: LayerWork = { type: 'restore', id, memory: 'IfSaved', drop: [id] };
  const pod: Pod = keeperPod({
    owner: operation,
    name: undoName(operation),
    disks: held,
    claims,
    work,
    linkedClones,
    place,
    config,
  });
  return [{ type: 'createWorker', pod } as const];
}

/** Why the VM, as it is now, is none that the saved guest can go on in. The launcher looks at all of it again. */
export function memoryObstacle({ snapshot, wanted }: ObservedRestore): string | undefined {
  const saved = snapshot?.status?.memory;
  if (!saved || !wanted) return undefined;
  const changes = shapeDifferences(saved, wanted);
  if (changes.length === 0) return undefined;
  return `VMSnapshot ${snapshot.metadata.name} holds memory of another machine: ${changes.join('; ')}. Set it back first`;
}
