import { defineResource, type ObjectMeta, type PersistentVolumeClaim } from '@hypersdk/kube';

export const PROVISIONER = 'test.hypersdk.io/shared-directory';

/** The part of a PersistentVolume that we read and write. */
export interface PersistentVolume {
  metadata: ObjectMeta;
  spec: {
    capacity: Record<string, string>;
    accessModes: string[];
    volumeMode: string;
    storageClassName: string;
    persistentVolumeReclaimPolicy: string;
    claimRef: { apiVersion: string; kind: string; namespace: string; name: string; uid: string };
    hostPath?: { path: string };
    local?: { path: string };
    nodeAffinity?: object;
  };
  status?: { phase?: string };
}

export const PersistentVolumes = defineResource<PersistentVolume>({
  group: '',
  version: 'v1',
  plural: 'persistentvolumes',
  kind: 'PersistentVolume',
  namespaced: false,
});

/** kube-controller-manager marks so the claims that are ours to serve. */
export function isOurs(claim: PersistentVolumeClaim): boolean {
  return claim.metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] === PROVISIONER;
}

/** Both nodes see the machine's file system and devices, so that what lies at a path is truly shared between them. */
export function persistentVolume(claim: PersistentVolumeClaim, path: string): PersistentVolume {
  const { namespace = 'default', name, uid = '' } = claim.metadata;
  return {
    metadata: {
      name: volumeName(claim),
      annotations: { 'pv.kubernetes.io/provisioned-by': PROVISIONER },
    },
    spec: {
      capacity: { storage: requestedSize(claim) },
      accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      storageClassName: claim.spec?.storageClassName ?? '',
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      ...(isBlock(claim) ? { local: { path }, nodeAffinity: anyNode } : { hostPath: { path } }),
    },
  };
}

/** Kubernetes takes no host path for a block volume, and no local one without an affinity. */
const anyNode = {
  required: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }],
  },
};

export function isBlock(claim: PersistentVolumeClaim): boolean {
  return claim.spec?.volumeMode === 'Block';
}

/** The name that every provisioner gives: two for one claim cannot come to be. */
export function volumeName(claim: PersistentVolumeClaim): string {
  return `pvc-${claim.metadata.uid ?? ''}`;
}

export function requestedSize(claim: PersistentVolumeClaim): string {
  return claim.spec?.resources?.requests?.['storage'] ?? '0';
}
