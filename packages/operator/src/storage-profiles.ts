/**
 * Which provisioners give volumes that several nodes can write at once. Kubernetes does not say; asking a class
 * for a mode that it cannot give leaves the claim Pending for ever, so only the known ones are asked, and classes
 * that say so themselves by annotation.
 */
import { GROUP } from '@hypersdk/api';
import type { StorageClass } from '@hypersdk/kube';

const SHARED_PROVISIONERS = [
  /^kubernetes\.io\/host-path$/, // one machine's directory: test clusters
  /^nfs\.csi\.k8s\.io$/,
  /(^|\/)nfs-subdir-external-provisioner$/,
  /\.cephfs\.csi\.ceph\.com$/,
  /^driver\.longhorn\.io$/,
  /^efs\.csi\.aws\.com$/,
  /^file\.csi\.azure\.com$/,
  /^filestore\.csi\.storage\.gke\.io$/,
  /^spectrumscale\.csi\.ibm\.com$/,
  /^csi\.weka\.io$/,
];

/** On a StorageClass: `ReadWriteMany` or `ReadWriteOnce`, whatever its provisioner. */
export const ACCESS_MODE = `${GROUP}/access-mode`;

/** On a StorageClass: `true` where it makes a volume of another one's content (a claim's `dataSource`). */
export const CLONES_VOLUMES = `${GROUP}/clones-volumes`;

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** The class of that name, or the cluster's default. */
export function storageClass(
  classes: readonly StorageClass[],
  name: string | undefined,
): StorageClass | undefined {
  if (name !== undefined) return classes.find(({ metadata }) => metadata.name === name);
  return classes.find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true');
}

export function defaultAccessMode(
  classes: readonly StorageClass[],
  name: string | undefined,
): 'ReadWriteOnce' | 'ReadWriteMany' {
  const { metadata, provisioner = '' } = storageClass(classes, name) ?? {};
  const said = metadata?.annotations?.[ACCESS_MODE];
  if (said === 'ReadWriteMany' || said === 'ReadWriteOnce') return said;
  return SHARED_PROVISIONERS.some((pattern) => pattern.test(provisioner)) ? 'ReadWriteMany' : 'ReadWriteOnce';
}
