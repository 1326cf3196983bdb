/** The claims of a clone, and those that it stands on. */
import { Labels, type VirtualMachine } from '@hypersdk/api';
import { isOwnedBy, ownerReference, type OwnerReference, type PersistentVolumeClaim } from '@hypersdk/kube';
import { areOwners, isOurOwner, ownerUid, STANDS_ON, withOwners } from '../../ownership.ts';
import type { ClonedDisk } from './disks.ts';

export function cloneClaim(
  target: VirtualMachine,
  { source, claimName, bases }: ClonedDisk,
  sourceClaim: PersistentVolumeClaim | undefined,
): PersistentVolumeClaim {
  const storageClassName = source.storageClass ?? sourceClaim?.spec?.storageClassName;
  // A given disk says no size; its claim does.
  const size = source.size === '0' ? sourceClaim?.status?.capacity?.['storage'] : source.size;
  return {
    metadata: {
      name: claimName,
      namespace: target.metadata.namespace ?? '',
      labels: {
        [Labels.vm]: target.metadata.name,
        [Labels.vmName]: target.metadata.name,
        [Labels.appManagedBy]: 'hypersdk-operator',
      },
      annotations: {
        [ownerUid]: target.metadata.uid ?? '',
        ...(bases.length > 0 && { [STANDS_ON]: bases.join(',') }),
      },
      // One that is to be kept is given away at the end, like the VM: nothing is left of a clone that is not made.
      ownerReferences: [ownerReference(target)],
    },
    spec: {
      accessModes: [source.accessMode],
      volumeMode: source.volumeMode,
      resources: { requests: { storage: size ?? '1Gi' } },
      ...(storageClassName !== undefined && { storageClassName }),
    },
  };
}

/** The owners that a claim must have, so that it is there for as long as these need it; undefined when it has them. */
export function ownersWith(
  base: PersistentVolumeClaim,
  more: readonly OwnerReference[],
): OwnerReference[] | undefined {
  // One that is kept has none of ours, and would go with the first.
  if (!base.metadata.ownerReferences?.some(isOurOwner)) return undefined;
  const owners = withOwners(base, more);
  return areOwners(owners, base) ? undefined : owners;
}

/** The owners that a finished disk's claim has where the clone's deletion is to leave it; undefined when it has them. */
export function ownersWithout(
  claim: PersistentVolumeClaim,
  target: VirtualMachine,
): OwnerReference[] | undefined {
  const { uid = '' } = target.metadata;
  return isOwnedBy(claim, uid)
    ? claim.metadata.ownerReferences?.filter((owner) => owner.uid !== uid)
    : undefined;
}
