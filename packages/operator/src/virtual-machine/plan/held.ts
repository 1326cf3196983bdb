/** A VM on whose disks somebody works while its guest is off. */
import type { VMOperation } from '@hypersdk/api';
import { isOwnedBy } from '@hypersdk/kube';
import { isInUse } from '../../vm-snapshot/in-use.ts';
import { isBeingMade, isGoing } from '../../vm-snapshot/of-vm.ts';
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
  return observed.copiers.length > 0 || candidates(observed).length > 0;
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

/**
 * One at a time, and whoever has the disks keeps them until it is done: its pod may be there before anybody sees it. While a
 * pod works on them nobody but its owner gets them.
 */
function holderOf(observed: Observed): Holder | undefined {
  const { vm, copiers } = observed;
  const free = candidates(observed).filter(({ uid = '' }) => copiers.every((pod) => isOwnedBy(pod, uid)));
  return free.find(({ uid }) => uid === vm.status?.disksHeldFor) ?? free[0];
}

/** In an order on which everybody agrees. */
function candidates({ operations, snapshots, linkedClones }: Observed): Holder[] {
  const clones = operations.filter((operation) => isAtWorkAs(operation, 'clone'));
  const flattens = operations.filter((operation) => isAtWorkAs(operation, 'flatten'));
  const restores = operations.filter((operation) => restoredSnapshot(operation) !== undefined);
  const made = snapshots.filter((snapshot) => isBeingMade(snapshot));
  // One that waits for others would have the disks for nothing, and they might wait for the disks.
  const dropped = snapshots.filter((one) => isGoing(one) && !isInUse(one, { operations, linkedClones }));
  return [
    ...clones.map((clone) => held(clone, 'BeingCloned', 'its disks are being cloned')),
    ...flattens.map((flatten) => held(flatten, 'BeingFlattened', 'its disks are being flattened')),
    ...restores.map((restore) => held(restore, 'BeingRestored', 'its disks go back to a snapshot')),
    ...made.map((snapshot) => held(snapshot, 'BeingSnapshotted', 'a snapshot is being taken')),
    ...dropped.map((snapshot) => held(snapshot, 'SnapshotBeingDeleted', 'a snapshot is being deleted')),
  ];
}

function held(
  { metadata: { uid, name } }: Pick<VMOperation, 'metadata'>,
  reason: string,
  doing: string,
): Holder {
  return { uid, reason, message: `The guest is off; ${doing} by ${name}` };
}
