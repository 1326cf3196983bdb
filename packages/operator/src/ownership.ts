/** Whose child an object is when it must outlive its owner, so that an owner reference would be wrong. */
import { GROUP, VirtualMachine, VMSnapshot } from '@hypersdk/api';
import {
  ownerReference,
  type KubeObject,
  type OwnerReference,
  type PersistentVolumeClaim,
} from '@hypersdk/kube';

/** Annotation with the uid of the VM that an object was made for. */
export const ownerUid = `${GROUP}/owner-uid`;

/**
 * Annotation on a linked disk's claim: the claims that it stands on, down to the last, with commas between. They are
 * kept for as long as it is there, even when its VM is gone.
 */
export const STANDS_ON = `${GROUP}/stands-on`;

export function claimsBelow(claim: KubeObject | undefined): string[] {
  return claim?.metadata.annotations?.[STANDS_ON]?.split(',').filter(Boolean) ?? [];
}

/**
 * Owners of a claim are whoever it is kept for: its VM where it is to go with that, snapshots that outlive the VM, and the
 * claims that stand on it. Garbage collection keeps what has one of them left, with nobody to count or to remember. A claim
 * without any is kept for good.
 */
const OWNERS: readonly string[] = [
  VirtualMachine.shape.kind.value,
  VMSnapshot.shape.kind.value,
  'PersistentVolumeClaim',
];

/** What else owns a claim goes on owning it. */
export const isOurOwner = ({ kind }: OwnerReference): boolean => OWNERS.includes(kind);

export const claimReference = (claim: PersistentVolumeClaim): OwnerReference =>
  ownerReference({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim });

/** The owners that a claim has, and these. */
export function withOwners(
  { metadata: { ownerReferences = [] } }: PersistentVolumeClaim,
  more: readonly OwnerReference[],
): OwnerReference[] {
  const missing = more.filter(({ uid }) => !ownerReferences.some((owner) => owner.uid === uid));
  return [...ownerReferences, ...missing];
}

/** Whether these are all that the claim has. */
export function areOwners(
  owners: readonly OwnerReference[],
  { metadata: { ownerReferences = [] } }: PersistentVolumeClaim,
): boolean {
  return (
    owners.length === ownerReferences.length &&
    owners.every(({ uid }) => ownerReferences.some((owner) => owner.uid === uid))
  );
}
