import { Annotations, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { OperationKind } from '../kinds.ts';

/** What an operation clone shares with the others; `planClone` makes the clone. */
export function cloneKind(target: VirtualMachine | undefined, obstacle: string | undefined): OperationKind {
  return {
    doing: 'Cloning the VM',
    done: 'The clone is made',
    obstacle: () => obstacle,
    isDone: (_vm, operation) => target !== undefined && isMadeBy(target, operation) && isReleased(target),
    supersededBy: [],
  };
}

export function isMadeBy({ metadata }: VirtualMachine, operation: VMOperation): boolean {
  return metadata.annotations?.[Annotations.clonedBy] === operation.metadata.uid;
}

/** Its operation has given it away: its disks are made. */
export function isReleased({ metadata }: VirtualMachine): boolean {
  const { [Annotations.clonedBy]: by, [Annotations.beingClonedBy]: across } = metadata.annotations ?? {};
  return across === undefined && !metadata.ownerReferences?.some(({ uid }) => uid === by);
}
