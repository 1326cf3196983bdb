import { effectiveSpec, VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../../caches.ts';
import { templateOf } from '../../image/templates.ts';
import { diskClaimName, ownClaimName } from './claim-name.ts';
import type { DiskContext } from './resolved-disk.ts';
import { DEFAULT_ROOT } from './root-image.ts';

/** Names of the VM's claims that another VM, which stays, has for disks of its own. */
export function heldElsewhere(
  caches: Caches,
  { vm, claims }: Pick<DiskContext, 'vm' | 'claims'>,
): Set<string> {
  const isHeld = (claim: PersistentVolumeClaim): boolean =>
    ownersOf(caches, claim).some(
      (owner) => owner.metadata.uid !== vm.metadata.uid && names(caches, owner, claim),
    );
  return new Set([...claims.values()].filter(isHeld).map(({ metadata }) => metadata.name));
}

function ownersOf(caches: Caches, { metadata }: PersistentVolumeClaim): VirtualMachine[] {
  return (metadata.ownerReferences ?? []).flatMap(({ kind, name, uid }) => {
    if (kind !== VirtualMachine.shape.kind.value) return [];
    const owner = caches.virtualMachines.get(`${metadata.namespace ?? ''}/${name}`);
    return owner && owner.metadata.uid === uid && !owner.metadata.deletionTimestamp ? [owner] : [];
  });
}

function names(caches: Caches, vm: VirtualMachine, { metadata }: PersistentVolumeClaim): boolean {
  const { disks } = effectiveSpec(vm.spec, templateOf(caches, vm)?.spec);
  const claims = [ownClaimName(vm, DEFAULT_ROOT), ...disks.map((disk) => diskClaimName(vm, disk))];
  return claims.includes(metadata.name);
}
