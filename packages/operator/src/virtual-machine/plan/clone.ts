/** A VM whose disks an operation works on while it is off, and one that is being made of another. */
import { VMOperation, type VirtualMachine } from '@hypersdk/api';
import { tell } from '../status/status.ts';
import type { Observed } from '../observed.ts';
import type { Plan } from './actions.ts';
import type { Power } from './power.ts';

/** Whether an operation still makes its disks: it owns the VM until then. */
export function isBeingCloned({ metadata }: VirtualMachine): boolean {
  return metadata.ownerReferences?.some(({ kind }) => kind === VMOperation.shape.kind.value) ?? false;
}

export function planBeingCloned(observed: Observed, power: Power, now: Date): Plan {
  const message = 'Its disks are being made of another VM; its operation clone tells how far they are';
  return tell(
    observed,
    { phase: 'Pending', reason: 'Cloning', message, progress: 'progressing', power },
    now,
  );
}

/** Whether work on the disks is wanted, or still under way for whatever reason. */
export function isHeld({ operations, copiers }: Observed): boolean {
  return copiers.length > 0 || diskWork(operations) !== undefined;
}

/**
 * The status says for whom the disks are held, and that is what the operation waits for: the one who starts guests has
 * decided not to start this one.
 */
export function planHeld(observed: Observed, power: Power, now: Date): Plan {
  const operation = diskWork(observed.operations);
  const isFlattened = operation?.spec.operation === 'flatten';
  const by = operation ? ` by ${operation.metadata.name}` : '';
  const message = `The guest is off; its disks are being ${isFlattened ? 'flattened' : 'cloned'}${by}`;
  const isWanted = power.desired !== 'Off';
  const outcome = {
    phase: isWanted ? 'Pending' : 'Stopped',
    reason: isFlattened ? 'BeingFlattened' : 'BeingCloned',
    message: isWanted ? `${message}, and it starts when that is done` : message,
    progress: isWanted ? 'progressing' : 'done',
    power,
    ...(operation?.metadata.uid !== undefined && { disksHeldFor: operation.metadata.uid }),
  } as const;
  return tell(observed, outcome, now);
}

function diskWork(operations: readonly VMOperation[]): VMOperation | undefined {
  return operations.find(
    ({ spec, status }) =>
      (spec.operation === 'clone' || spec.operation === 'flatten') && status?.phase === 'Running',
  );
}
