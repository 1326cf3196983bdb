/** A VM that is being made of another. */
import { Annotations, VMOperation, type VirtualMachine } from '@hypersdk/api';
import { tell } from '../status/status.ts';
import type { Observed } from '../observed.ts';
import type { Plan } from './actions.ts';
import type { Power } from './power.ts';

/** Whether an operation still makes its disks: it owns the VM until then, or is named where it cannot. */
export function isBeingCloned({ metadata }: VirtualMachine): boolean {
  const isOwned =
    metadata.ownerReferences?.some(({ kind }) => kind === VMOperation.shape.kind.value) ?? false;
  return isOwned || metadata.annotations?.[Annotations.beingClonedBy] !== undefined;
}

export function planBeingCloned(observed: Observed, power: Power, now: Date): Plan {
  const message = 'Its disks are being made of another VM; its operation clone tells how far they are';
  return tell(
    observed,
    { phase: 'Pending', reason: 'Cloning', message, progress: 'progressing', power },
    now,
  );
}
