/** A VM on whose disks somebody works while its guest is off. */
import type { VMOperation } from '@hypersdk/api';
import { droppedSnapshots, isBeingMade } from '../../vm-snapshot/of-vm.ts';
import type { Observed } from '../observed.ts';
import { tell } from '../status/status.ts';
import type { Plan } from './actions.ts';
import type { Power } from './power.ts';
import { isAtWorkAs, restoredSnapshot } from '../../vm-operation/at-work.ts';

interface Holder {
  readonly uid: string | undefined;
  readonly reason: string;
  readonly message: string;
}

/** Whether work on the disks is wanted, or still under way for whatever reason. */
export function isHeld(observed: Observed): boolean {
  return observed.copiers.length > 0 || holderOf(observed) !== undefined;
}

/** Whether the guest is to be powered off, because its disks are to hold something else. */
export function isBeingRestored({ operations }: Pick<Observed, 'operations'>): boolean {
  return operations.some((operation) => restoredSnapshot(operation) !== undefined);
}

/**
 * The status says for whom the disks are held, and that is what the work waits for: the one who starts guests has
 * decided not to start this one.
 */
export function planHeld(observed: Observed, power: Power, now: Date): Plan {
  const holder = holderOf(observed);
  const { reason, message, uid } = holder ?? another;
  const isWanted = power.desired !== 'Off';
  const outcome = {
    phase: isWanted ? 'Pending' : 'Stopped',
    reason,
    message: isWanted ? `${message}, and it starts when that is done` : message,
    progress: isWanted ? 'progressing' : 'done',
    power,
    ...(uid !== undefined && { disksHeldFor: uid }),
  } as const;
  return tell(observed, outcome, now);
}

/** Of one whose object has gone already. */
const another: Holder = {
  uid: undefined,
  reason: 'DisksInUse',
  message: 'The guest is off; a pod still works on its disks',
};

/** One at a time, in an order on which everybody agrees. */
function holderOf({ operations, snapshots }: Observed): Holder | undefined {
  const clone = operations.find((operation) => isAtWorkAs(operation, 'clone'));
  if (clone) return held(clone, 'BeingCloned', 'its disks are being cloned');
  const flatten = operations.find((operation) => isAtWorkAs(operation, 'flatten'));
  if (flatten) return held(flatten, 'BeingFlattened', 'its disks are being flattened');
  const restore = operations.find((operation) => restoredSnapshot(operation) !== undefined);
  if (restore) return held(restore, 'BeingRestored', 'its disks go back to a snapshot');
  const made = snapshots.find((snapshot) => isBeingMade(snapshot));
  if (made) return held(made, 'BeingSnapshotted', 'a snapshot is being taken');
  const [dropped] = droppedSnapshots(snapshots);
  return dropped && held(dropped, 'SnapshotBeingDeleted', 'a snapshot is being deleted');
}

function held(
  { metadata: { uid, name } }: Pick<VMOperation, 'metadata'>,
  reason: string,
  doing: string,
): Holder {
  return { uid, reason, message: `The guest is off; ${doing} by ${name}` };
}
