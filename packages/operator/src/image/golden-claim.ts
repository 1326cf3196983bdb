import { formatBytes, Labels, parseBytes } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { defaultAccessMode } from '../storage-profiles.ts';
import type { ObservedImage } from './observed.ts';
import type { ImageWish } from './wish.ts';

/** Room beside the image for qcow2's tables and the file system's own. */
const OVERHEAD_BYTES = 64 * 1024 * 1024;
/** qcow2 has 8 bytes of map, and 2 of counters, to a cluster of 64 KiB. */
const TABLES = 1 + 10 / (64 * 1024);

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
      labels: {
        [Labels.image]: name,
        [Labels.appManagedBy]: 'hypersdk-operator',
        ...(wish.source.upload && { [Labels.upload]: 'true' }),
      },
    },
    spec: {
      accessModes: [defaultAccessMode(storageClasses, storageClass)],
      volumeMode: 'Filesystem',
      resources: { requests: { storage: volumeSize(wish, sourceSize(observed) ?? config.importVolumeSize) } },
      ...(storageClass !== undefined && { storageClassName: storageClass }),
    },
  };
}

/** Of the claim that the image is copied from; its disk cannot be more, and a copy has qcow2's tables beside it. */
function sourceSize({ source }: ObservedImage): string | undefined {
  const capacity = source?.type === 'usable' ? source.claim.status?.capacity?.['storage'] : undefined;
  if (capacity === undefined) return undefined;
  return formatBytes(Math.ceil(parseBytes(capacity) * TABLES) + OVERHEAD_BYTES);
}

/** What a guest may see is the most that a qcow2 takes. A disk that comes packed lies beside its archive for a while. */
function volumeSize({ size, source }: ImageWish, fallback: string): string {
  if (size === undefined) return fallback;
  return formatBytes((source.containerDisk ? 2 : 1) * size + OVERHEAD_BYTES);
}
