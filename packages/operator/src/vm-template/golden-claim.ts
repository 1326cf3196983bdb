import { formatBytes, parseBytes, Labels } from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim } from '@hypersdk/kube';
import { defaultAccessMode } from '../storage-profiles.ts';
import { imageClaimName } from './names.ts';
import type { ObservedTemplate } from './observed.ts';

/** Room beside the image for qcow2's tables and the file system's own. */
const OVERHEAD_BYTES = 64 * 1024 * 1024;

/** The volume that the image is imported into; shared by nodes where the class can do so. */
export function goldenClaim({ template, storageClasses, config }: ObservedTemplate): PersistentVolumeClaim {
  return {
    metadata: {
      name: imageClaimName(template),
      namespace: template.metadata.namespace ?? '',
      labels: { [Labels.template]: template.metadata.name, [Labels.appManagedBy]: 'hypersdk-operator' },
      ownerReferences: [ownerReference(template, { controller: true, blockOwnerDeletion: true })],
    },
    spec: {
      accessModes: [defaultAccessMode(storageClasses, undefined)],
      volumeMode: 'Filesystem',
      resources: { requests: { storage: volumeSize(template.spec.image.size, config.importVolumeSize) } },
    },
  };
}

/** The image's own size is the most that a qcow2 of it can take. */
function volumeSize(imageSize: string | undefined, fallback: string): string {
  return imageSize === undefined ? fallback : formatBytes(parseBytes(imageSize) + OVERHEAD_BYTES);
}
