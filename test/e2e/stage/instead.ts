/** What the documentation names elsewhere in the world, and what this cluster has in its place. */
import { environment } from './manifests.ts';

export const DEBIAN =
  'https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2';
const DEBIAN_INSTALLER =
  'https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/mini.iso';

export const tinyInstead = () => ({ [DEBIAN]: environment('IMAGE_URL') });

export const mediumInstead = () => ({ [DEBIAN_INSTALLER]: environment('IMAGE_URL') });

export const registryInstead = () => ({
  'quay.io/containerdisks/fedora:42': environment('CONTAINER_DISK'),
  '# plainHttp': 'plainHttp',
});

export const storeInstead = (endpoint: string) => ({ 'https://minio.example.org:9000': endpoint });

/** Of an image that is another each time. */
export const checksumInstead = () => ({
  'sha256, value: ...': `sha256, value: ${environment('IMAGE_SHA256')}`,
  '# checksum': 'checksum',
});
