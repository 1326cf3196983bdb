/** Who stands on a VM's disks. It is read from the claims each time, never counted. */
import { Labels, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../../caches.ts';
import { claimsBelow, ownerUid } from '../../ownership.ts';
import { diskClaimName, ownClaimName } from './claim-name.ts';
import type { DiskContext } from './resolved-disk.ts';
import { DEFAULT_ROOT } from './root-image.ts';

/** Names of the VMs, or of the claims that VMs have left behind. Disks that were taken out of the spec go with the VM, too. */
export function linkedClones(caches: Pick<Caches, 'claims'>, vm: VirtualMachine): string[] {
  const { namespace = '', uid = '' } = vm.metadata;
  const disks = (vm.spec.disks ?? []).map((disk) => diskClaimName(vm, disk));
  const owned = caches.claims.byIndex('owner', uid).map(({ metadata }) => metadata.name);
  const claims = new Set([ownClaimName(vm, DEFAULT_ROOT), ...disks, ...owned]);
  const above = [...claims].flatMap((name) => claimsAbove(caches, `${namespace}/${name}`));
  return [...new Set(above.map(ownerName))].sort();
}

/** The claims that stand on one, and stay. */
export function claimsAbove({ claims }: Pick<Caches, 'claims'>, key: string): PersistentVolumeClaim[] {
  return claims.byIndex('standsOn', key).filter(({ metadata }) => !metadata.deletionTimestamp);
}

function ownerName({ metadata }: PersistentVolumeClaim): string {
  return metadata.labels?.[Labels.vmName] ?? `claim ${metadata.name}`;
}

/** What the VM's disks stand on of VMs that are gone. An image never had one. */
export function orphanedBases(
  caches: Pick<Caches, 'claims' | 'virtualMachines'>,
  { vm, claims }: Pick<DiskContext, 'vm' | 'claims'>,
): string[] {
  const below = new Set([...claims.values()].flatMap(claimsBelow));
  return [...below].filter((name) => isOrphaned(caches, `${vm.metadata.namespace ?? ''}/${name}`)).sort();
}

/** Whether the VM that a claim was made for is gone. */
export function isOrphaned(caches: Pick<Caches, 'claims' | 'virtualMachines'>, key: string): boolean {
  const claim = caches.claims.get(key);
  const uid = claim?.metadata.annotations?.[ownerUid];
  if (!claim || uid === undefined) return false;
  const named = caches.virtualMachines.get(`${claim.metadata.namespace ?? ''}/${ownerName(claim)}`);
  return named?.metadata.uid !== uid;
}
