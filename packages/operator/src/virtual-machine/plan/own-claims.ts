import { VirtualMachine } from '@hypersdk/api';
import { isOwnedBy, ownerReference, type OwnerReference, type PersistentVolumeClaim } from '@hypersdk/kube';
import { claimState } from '../disks/claims.ts';
import { knownDisks } from '../disks/disks.ts';
import type { Observed } from '../observed.ts';
import type { Action } from './actions.ts';

/** A claim that is to go with its VM is the VM's child. What deletePolicy says may change, and be said of a given claim. */
export function ownClaims(observed: Observed): Action[] {
  const { vm, claims } = observed;
  return knownDisks(observed).flatMap((disk) => {
    const claim = claims.get(disk.claimName);
    if (!claim || claimState(vm, disk, claim).type !== 'usable') return [];
    const isOwned = isOwnedBy(claim, vm.metadata.uid ?? '');
    if (isOwned === !disk.keep) return [];
    const others = (claim.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== vm.metadata.uid);
    const owners = disk.keep ? others.filter(isNoVm) : [...others, ownerReference(vm)];
    return [{ type: 'ownClaim', claim, owners } as const];
  });
}

/** A claim with a clone for its only owner would go with that, and not be kept. */
const isNoVm = ({ kind }: OwnerReference): boolean => kind !== VirtualMachine.shape.kind.value;

/** The resourceVersion makes it an optimistic lock: a merge patch replaces the whole list. */
export function ownersPatch(
  { metadata: { name, resourceVersion } }: PersistentVolumeClaim,
  owners: readonly OwnerReference[],
) {
  const lock = resourceVersion === undefined ? {} : { resourceVersion };
  return { metadata: { name, ...lock, ownerReferences: [...owners] } };
}
