/** The claims of a VM's disks. A disk belongs to the VM, never to a pod or an operation. */
import { Labels, type VirtualMachine } from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim } from '@hypersdk/kube';
import { ownerUid, STANDS_ON } from '../../ownership.ts';
import type { ResolvedDisk } from './resolved-disk.ts';

export function diskClaim(vm: VirtualMachine, disk: ResolvedDisk): PersistentVolumeClaim {
  return {
    metadata: {
      name: disk.claimName,
      namespace: vm.metadata.namespace ?? '',
      labels: {
        [Labels.vm]: vm.metadata.name,
        [Labels.vmName]: vm.metadata.name,
        [Labels.appManagedBy]: 'hypersdk-operator',
      },
      annotations: { [ownerUid]: vm.metadata.uid ?? '', ...standsOn(disk) },
      ...(disk.keep ? {} : { ownerReferences: [ownerReference(vm)] }),
    },
    spec: {
      accessModes: [disk.accessMode],
      volumeMode: disk.volumeMode,
      resources: { requests: { storage: disk.size } },
      ...(disk.storageClass === undefined ? {} : { storageClassName: disk.storageClass }),
    },
  };
}

/** A linked disk is nothing without its image, even when its VM is gone. */
function standsOn({ source }: ResolvedDisk): Record<string, string> {
  return source.type === 'golden' && source.clone === 'linked' ? { [STANDS_ON]: source.claim } : {};
}

export type ClaimState =
  | { readonly type: 'usable' }
  | { readonly type: 'missing' }
  | { readonly type: 'blocked'; readonly reason: string; readonly message: string };

/** Whether a disk's claim can be used as it is, must be made, or stands in the way. */
export function claimState(
  vm: VirtualMachine,
  disk: ResolvedDisk,
  claim: PersistentVolumeClaim | undefined,
): ClaimState {
  if (!claim) return missing(vm, disk);
  if (claim.metadata.deletionTimestamp) {
    return blocked('ClaimTerminating', `disk ${disk.name}: claim ${disk.claimName} is being deleted`);
  }
  if (claim.status?.phase === 'Lost') {
    return blocked('ClaimLost', `disk ${disk.name}: claim ${disk.claimName} has lost its volume`);
  }
  if (disk.isOurs && claim.metadata.annotations?.[ownerUid] !== vm.metadata.uid) {
    const fix = 'use it with source.pvc, name the disk or the VM otherwise, or delete it';
    return blocked(
      'ClaimExists',
      `disk ${disk.name}: claim ${disk.claimName} exists and is not this VM's: ${fix}`,
    );
  }
  return { type: 'usable' };
}

function missing(vm: VirtualMachine, disk: ResolvedDisk): ClaimState {
  if (!disk.isOurs)
    return blocked('ClaimMissing', `disk ${disk.name}: claim ${disk.claimName} does not exist`);
  if (!hasContent(vm, disk) && disk.source.type !== 'clone') return { type: 'missing' };
  // A new claim would be a blank disk under a VM that had data.
  return blocked(
    'ClaimLost',
    `disk ${disk.name}: claim ${disk.claimName}, which held its data, is gone: restore it`,
  );
}

/** Whether the disk has been made, so that it must never be made again. */
export function hasContent(vm: VirtualMachine, disk: Pick<ResolvedDisk, 'name' | 'claimName'>): boolean {
  if (vm.status?.firmware?.pvc === disk.claimName) return true;
  return (
    vm.status?.disks?.some(
      ({ name, pvc = disk.claimName, format, progress }) =>
        name === disk.name && pvc === disk.claimName && format && progress === undefined,
    ) ?? false
  );
}

/** Why a disk that is made cannot be opened, though its own claim is there: what it stands on is not. */
export function baseProblem(
  { name, claimName, source }: ResolvedDisk,
  claims: ReadonlyMap<string, PersistentVolumeClaim>,
): ClaimState | undefined {
  const bases = source.type === 'existing' || source.type === 'clone' ? source.bases : [];
  const missing = bases.find((base) => !claims.has(base));
  if (missing === undefined) return undefined;
  const message = `disk ${name}: claim ${missing}, on which what ${claimName} holds stands, does not exist: restore it`;
  return blocked('ClaimMissing', message);
}

function blocked(reason: string, message: string): ClaimState {
  return { type: 'blocked', reason, message };
}
