/** A clone that is being made: what all of its steps rest on, and how they tell where it stands. */
import type { CloneSpec, VirtualMachine, VMOperation, VMOperationStatus } from '@hypersdk/api';
import type { WorkAction } from '../actions.ts';
import type { Waiting } from '../kind.ts';
import type { ClonedDisk } from './disks.ts';
import type { ObservedClone } from './observed.ts';

/** What a clone does, in order. */
export type CloneStep = 'create' | 'hold' | 'claims' | 'copy' | 'release';

/** What a clone needs, all of it there. */
export interface Making {
  readonly observed: ObservedClone;
  readonly cloneSpec: CloneSpec;
  readonly disks: readonly ClonedDisk[];
  /** What its firmware keeps, where the clone has it from the source. */
  readonly firmware: ClonedDisk | undefined;
  readonly vm: VirtualMachine;
  readonly status: VMOperationStatus;
  readonly now: Date;
}

/** All that a claim is made for. */
export const volumesOf = ({ disks, firmware }: Pick<Making, 'disks' | 'firmware'>): ClonedDisk[] => [
  ...disks,
  ...[firmware ?? []].flat(),
];

export function waiting(
  step: CloneStep,
  message: string,
  actions: readonly WorkAction[],
  progress?: number,
): Waiting {
  return { ...{ type: 'waiting', step, message, actions }, ...(progress !== undefined && { progress }) };
}

/** The source's guest is off, and stays so until this operation has ended. */
export function isHeld({ status }: VirtualMachine, { metadata }: VMOperation): boolean {
  return status?.disksHeldFor === metadata.uid;
}

/** The source's launcher has frozen the disks for this operation; the guest writes on above. */
export function isFrozen({ status }: VirtualMachine, { metadata }: VMOperation): boolean {
  return status?.lastRequest === metadata.uid;
}

/** The pods that copy, where an operator died before they had their Secrets. */
export function unidentified({ copier, server, isIdentified }: ObservedClone): WorkAction[] {
  if (isIdentified) return [];
  return [copier ?? [], server ?? []].flat().map((pod) => ({ type: 'identifyWorker', pod }));
}
