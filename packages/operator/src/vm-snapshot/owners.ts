/** What is left of a snapshot when its VM goes. Pure. */
import { retentionOf } from '@hypersdk/api';
import { isOwnedBy, ownerReference } from '@hypersdk/kube';
import { ownersWith } from '../vm-operation/clone/claims.ts';
import type { SnapshotAction } from './actions.ts';
import type { ObservedSnapshot } from './observed.ts';

/**
 * A snapshot is an owner of the claims that it stands in, beside the VM, unless it is to go with the VM: then it is the VM's
 * child. Whichever is asked for later, it is nobody's child before the claims are its own.
 */
export function ownerActions(
  { snapshot, vm, claims }: Pick<ObservedSnapshot, 'snapshot' | 'vm' | 'claims'>,
  claimNames: readonly string[],
): SnapshotAction[] {
  if (!vm || vm.metadata.uid !== snapshot.status?.vmUid) return [];
  const { ownerReferences = [] } = snapshot.metadata;
  const isChild = isOwnedBy(snapshot, vm.metadata.uid ?? '');
  if (retentionOf(snapshot.spec)?.deleteOnVMDelete) {
    return isChild ? [] : [{ type: 'setOwners', owners: [...ownerReferences, ownerReference(vm)] }];
  }
  const kept = claimNames.flatMap((name): SnapshotAction[] => {
    const claim = claims.get(name);
    const owners = claim && ownersWith(claim, [ownerReference(snapshot)]);
    return owners ? [{ type: 'keepClaim', claim, owners }] : [];
  });
  const others = ownerReferences.filter(({ uid }) => uid !== vm.metadata.uid);
  return isChild ? [...kept, { type: 'setOwners', owners: others }] : kept;
}
