/** Volumes that a StorageClass makes of another one's content, by a claim's `dataSource`. */
import { formatBytes, parseBytes } from '@hypersdk/api';
import type { PersistentVolumeClaim, StorageClass } from '@hypersdk/kube';
import { CLONES_VOLUMES, storageClass } from './storage-profiles.ts';

export function clonesVolumes(classes: readonly StorageClass[], name: string | undefined): boolean {
  return storageClass(classes, name)?.metadata.annotations?.[CLONES_VOLUMES] === 'true';
}

/** The claim with what its volume is to be made of: no smaller than that, as provisioners demand. */
export function clonedVolume(
  claim: PersistentVolumeClaim,
  source: PersistentVolumeClaim,
): PersistentVolumeClaim {
  const asked = parseBytes(claim.spec?.resources?.requests?.['storage'] ?? '0');
  const least = parseBytes(source.status?.capacity?.['storage'] ?? '0');
  return {
    ...claim,
    spec: {
      ...claim.spec,
      resources: { requests: { storage: formatBytes(Math.max(asked, least)) } },
      dataSource: { kind: 'PersistentVolumeClaim', name: source.metadata.name },
    },
  };
}
