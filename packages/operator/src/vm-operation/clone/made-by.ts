import { Annotations, type VirtualMachine, type VMOperation } from '@hypersdk/api';

export function isMadeBy({ metadata }: VirtualMachine, operation: VMOperation): boolean {
  return metadata.annotations?.[Annotations.clonedBy] === operation.metadata.uid;
}

/** Its operation has given it away: its disks are made. */
export function isReleased({ metadata }: VirtualMachine): boolean {
  const { [Annotations.clonedBy]: by, [Annotations.beingClonedBy]: across } = metadata.annotations ?? {};
  return across === undefined && !metadata.ownerReferences?.some(({ uid }) => uid === by);
}
