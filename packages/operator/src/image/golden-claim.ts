import { formatBytes, Labels } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { defaultAccessMode } from '../storage-profiles.ts';
import type { ObservedImage } from './observed.ts';
import type { ImageWish } from './wish.ts';

/** Room beside the image for qcow2's tables and the file system's own. */
const OVERHEAD_BYTES = 64 * 1024 * 1024;

/**
 * The volume that the image is imported into; shared by nodes where the class can do so. It has no owner: its users
 * come and go, and disks may stand on it when they are gone.
 */
export function goldenClaim(observed: ObservedImage, wish: ImageWish): PersistentVolumeClaim {
  const { name, namespace, storageClasses, config } = observed;
  const { storageClass } = wish;
  return {
    metadata: {
      name,
      namespace,
      labels: { [Labels.image]: name, [Labels.appManagedBy]: 'hypersdk-operator' },
    },
    spec: {
      accessModes: [defaultAccessMode(storageClasses, storageClass)],
      volumeMode: 'Filesystem',
      resources: { requests: { storage: volumeSize(wish, config.importVolumeSize) } },
      ...(storageClass !== undefined && { storageClassName: storageClass }),
    },
  };
}

/** What a guest may see is the most that a qcow2 takes. A disk that comes packed lies beside its archive for a while. */
function volumeSize({ size, source }: ImageWish, fallback: string): string {
  if (size === undefined) return fallback;
  return formatBytes((source.containerDisk ? 2 : 1) * size + OVERHEAD_BYTES);
}
