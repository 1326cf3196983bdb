/** Who stands on a VM's disks. It is read from the claims each time, never counted. */
import { Labels, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../../caches.ts';

/** Names of the VMs, or of the claims that VMs have left behind. */
export function linkedClones(caches: Pick<Caches, 'claims'>, { metadata, spec }: VirtualMachine): string[] {
  const { name, namespace = '' } = metadata;
  const disks = (spec.disks ?? []).map((disk) => disk.source?.pvc?.name ?? `${name}-${disk.name}`);
  const claims = new Set([`${name}-root`, ...disks]);
  const above = [...claims].flatMap((claim) => caches.claims.byIndex('standsOn', `${namespace}/${claim}`));
  const names = above.filter((claim) => !claim.metadata.deletionTimestamp).map(ownerName);
  return [...new Set(names)].sort();
}

function ownerName({ metadata }: PersistentVolumeClaim): string {
  return metadata.labels?.[Labels.vmName] ?? `claim ${metadata.name}`;
}
