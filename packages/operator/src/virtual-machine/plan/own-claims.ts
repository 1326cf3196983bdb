import { ownerReference, type OwnerReference, type PersistentVolumeClaim } from '@hypersdk/kube';
import { areOwners, claimReference, isOurOwner, withOwners } from '../../ownership.ts';
import { outlivesVm } from '../../vm-snapshot/of-vm.ts';
import { claimState } from '../disks/claims.ts';
import { knownDisks } from '../disks/disks.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';
import type { Observed } from '../observed.ts';
import type { Action } from './actions.ts';

/** A claim that is to go with its VM is the VM's child. What deletePolicy says may change, and be said of a given claim. */
export function ownClaims(observed: Observed): Action[] {
  const { vm, claims, heldElsewhere } = observed;
  return knownDisks(observed).flatMap((disk): Action[] => {
    const claim = claims.get(disk.claimName);
    if (!claim || claimState(vm, disk, claim).type !== 'usable') return [];
    if (disk.keep && heldElsewhere.has(disk.claimName)) return [];
    const owners = ownersOf(observed, disk, claim);
    return areOwners(owners, claim) ? [] : [{ type: 'ownClaim', claim, owners }];
  });
}

/** One that is to be kept has none of ours: it would go with the last of them. */
function ownersOf(
  { vm, claimsAbove, snapshots }: Observed,
  { keep, claimName }: ResolvedDisk,
  claim: PersistentVolumeClaim,
): OwnerReference[] {
  if (keep) return (claim.metadata.ownerReferences ?? []).filter((owner) => !isOurOwner(owner));
  const isHeldIn = snapshots.filter(
    (snapshot) => outlivesVm(snapshot, vm) && snapshot.status?.disks?.some(({ pvc }) => pvc === claimName),
  );
  return withOwners(claim, [
    ownerReference(vm),
    ...(claimsAbove.get(claimName) ?? []).map(claimReference),
    ...isHeldIn.map((snapshot) => ownerReference(snapshot)),
  ]);
}

/** The resourceVersion makes it an optimistic lock: a merge patch replaces the whole list. */
export function ownersPatch(
  { metadata: { name, resourceVersion } }: PersistentVolumeClaim,
  owners: readonly OwnerReference[],
) {
  const lock = resourceVersion === undefined ? {} : { resourceVersion };
  return { metadata: { name, ...lock, ownerReferences: [...owners] } };
}
