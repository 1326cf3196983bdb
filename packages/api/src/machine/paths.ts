/** Where launcher and guest are reached, and where things lie in their containers. */
/** The launcher's mTLS port in every VM pod. It never belongs to the guest. */
export const LAUNCHER_PORT = 10707;
/** Plain HTTP for kubelet's readiness probe: `GET /readyz` and nothing else. Not the guest's either. */
export const LAUNCHER_READINESS_PORT = 10708;

/** HTTPS for a client that uploads an image; of importers that wait for one, and of nothing else. */
export const UPLOAD_PORT = 10709;

/** Where the operator mounts things in the launcher and qemu containers. */
export const MachinePaths = {
  /** Secret of this epoch: `machine.json`, `tls.crt`, `tls.key`, `ca.crt`. Launcher only. The last three are renewed. */
  config: '/etc/hypersdk/machine',
  /**
   * Cloud-init payload, present when the VM names one: `user-data`, `network-data`, `ssh-keys`
   * (a public key a line). Launcher only.
   */
  cloudInit: '/etc/hypersdk/cloud-init',
  /** emptyDir shared by launcher and qemu: argv, QMP, console and TPM sockets, seed image. */
  runtime: '/run/hypersdk',
  /** One directory (filesystem volume) or device (block volume) a disk: `/volumes/<disk>`. */
  volumes: '/volumes',
  /** UEFI variables and TPM state, in a volume of their own. */
  firmwareState: '/firmware-state',
  /** What linked disks stand on, golden images and disks of other VMs, read-only: `/images/<claim>`. */
  images: '/images',
  /**
   * Secret of an import's source, present when the image names one: a registry's `config.json`, or the keys of an
   * object store; or the `token` of those who may upload. Importer only.
   */
  credentials: '/etc/hypersdk/credentials',
  /** Volume that an image is copied from, a directory or a device. Importer only, and read-only. */
  source: '/source',
} as const;

/** The file of a disk in its own filesystem volume, and of an image in its golden volume. */
export const DISK_FILE = 'disk.qcow2';
/** A file in a disk's volume that nobody writes any more, because clones stand on it. */
export const layerFile = (id: string): string => `layer-${id}.qcow2`;
/** Of the layers that are made for a request or an operation, from its uid. */
export const layerId = (uid: string): string => uid.slice(0, 8);
export const IMAGE_FILE = 'image.qcow2';
/** The disk in a filesystem volume that an image is copied from: as KubeVirt calls it, or as we do. */
export const CLAIM_FILES = ['disk.img', DISK_FILE] as const;
