/** How a VM's disks go back to a snapshot, once its guest is off: all together, or not at all. Pure. */
import {
  layerId,
  type LayerWork,
  RESTORE_UNFINISHED,
  type VirtualMachine,
  type VMOperation,
  type VMSnapshot,
} from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { keeperEnd, keeperPod } from '../../vm-snapshot/keeper-pod.ts';
import { hasBegun, type WorkerFailure } from '../../worker/worker-end.ts';
import type { WorkAction } from '../actions.ts';
import { dropWorkers } from '../drop-workers.ts';
import type { Undoing } from '../kind.ts';
import type { ObservedLayers } from '../observed.ts';
import { retry } from '../retry.ts';
import { DISKS, FINISH } from './steps.ts';

export interface Restoring extends ObservedLayers {
  readonly operation: VMOperation;
  readonly vm: VirtualMachine;
  readonly snapshot: VMSnapshot | undefined;
}

export type RestoreNext =
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string }
  | ({
      readonly type: 'waiting';
      readonly step: typeof DISKS | typeof FINISH;
      readonly isFinal: boolean;
    } & Undoing);

/** The disks go back all together or not at all: it is seen to its end from where the first of them may have gone. */
export function restoreDisks(restoring: Restoring, now: Date): RestoreNext {
  const { operation, keeper, vm } = restoring;
  const isHalfDone = operation.status?.steps?.some(({ name }) => name === FINISH) ?? false;
  const step = isHalfDone ? FINISH : DISKS;
  if (!keeper) {
    const isHeld = vm.status?.disksHeldFor === operation.metadata.uid;
    return {
      type: 'waiting',
      step,
      isFinal: isHalfDone,
      ...(isHeld && { actions: createKeeper(restoring) }),
    };
  }
  const end = keeperEnd(keeper);
  switch (end.type) {
    case 'succeeded':
      return { type: 'done' };
    case 'running': {
      const isBegun = hasBegun(keeper);
      const message = isBegun
        ? 'The disks go back to the snapshot'
        : `Pod ${keeper.metadata.name} is to take them back, and has not begun`;
      return { type: 'waiting', step, message, isFinal: isHalfDone || isBegun };
    }
    case 'failed':
      if (isHalfDone || mayHaveChanged(end)) {
        return { type: 'waiting', step: FINISH, isFinal: true, ...retry(keeper, end, now) };
      }
      if (end.permanent) return { type: 'failed', message: end.message };
      return { type: 'waiting', step, isFinal: false, ...retry(keeper, end, now) };
  }
}

/** A keeper that says why it failed has changed nothing, unless it says that. */
const mayHaveChanged = ({ isTold, reason }: WorkerFailure): boolean =>
  !isTold || reason === RESTORE_UNFINISHED;

/** Only the snapshot's disks: one that came since stays as it is. */
function createKeeper({ operation, vm, snapshot, disks, ...rest }: Restoring): WorkAction[] {
  const { claims, linkedClones, place, config } = rest;
  if (!snapshot || 'problem' in disks) return [];
  const held = disks.filter(({ name }) => snapshot.status?.disks?.some((disk) => disk.name === name));
  const work: LayerWork = {
    type: 'restore',
    id: layerId(snapshot.metadata.uid ?? ''),
    ...(isWithMemory({ operation, snapshot }) && {
      memory: 'Required',
      // A guest that is off goes on later, and then there is no way back.
      ...(vm.status?.power?.desired !== 'Off' && { keepAs: layerId(operation.metadata.uid ?? '') }),
    }),
  };
  const pod = keeperPod({ owner: operation, disks: held, claims, work, linkedClones, place, config });
  return [{ type: 'createWorker', pod }];
}

/** Of a rollback the disks alone go back: its guest is to boot from what it was found with. */
export function isWithMemory({ operation, snapshot }: Pick<Restoring, 'operation' | 'snapshot'>): boolean {
  return operation.spec.operation === 'restore' && snapshot?.status?.memory !== undefined;
}

/** A finished keeper is evidence of a failure, and litter after a success. */
export function restoreLitter(keeper: Pod | undefined): WorkAction[] {
  return keeper && keeperEnd(keeper).type === 'succeeded' ? dropWorkers(keeper) : [];
}
