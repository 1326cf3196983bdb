/** A clone in another namespace than its source's. */
import type { CloneSpec, DiskSource, EffectiveSpec, VMOperation } from '@hypersdk/api';

export function targetNamespaceOf({ metadata, spec }: VMOperation): string {
  return spec.cloneSpec?.targetNamespace ?? metadata.namespace ?? '';
}

export const isAcross = (operation: VMOperation): boolean =>
  targetNamespaceOf(operation) !== operation.metadata.namespace;

/** What the VM's spec names that another namespace has not, with what to do about it. */
export function leftBehind(spec: EffectiveSpec, { customization }: CloneSpec): string | undefined {
  const secret = spec.cloudInit?.secretRef?.name;
  if (secret !== undefined && customization?.userData === undefined) {
    return `its cloudInit.secretRef ${secret} is not in the other namespace: give cloneSpec.customization.userData`;
  }
  const media = spec.disks.filter(({ type }) => type === 'cdrom');
  const named = media.flatMap(({ name, source }) => (source && isLocal(source) ? [name] : []));
  if (named[0] === undefined) return undefined;
  return `the medium of its cdrom ${named[0]} comes from its own namespace: eject it first`;
}

function isLocal({ pvc, image, snapshot, s3, containerDisk }: DiskSource): boolean {
  const named = [pvc, image, snapshot, s3?.secretRef, containerDisk?.pullSecretRef];
  return named.some((reference) => reference !== undefined);
}
