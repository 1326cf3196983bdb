import type { VMOperation } from '@hypersdk/api';
import { clonedDisks, diskObstacle, type ClonedDisk } from './disks.ts';
import { isMadeBy } from './kind.ts';
import type { ObservedClone } from './observed.ts';
import { servedDisk, servedElsewhere } from './served-disk.ts';

type CloneSpec = NonNullable<VMOperation['spec']['cloneSpec']>;

/** Why the clone cannot be made as it is asked for, with what to do about it. */
export function cloneObstacle(observed: ObservedClone, cloneSpec: CloneSpec): string | undefined {
  return (
    unsupported(observed, cloneSpec) ??
    nameTaken(observed, cloneSpec) ??
    snapshotObstacle(observed, cloneSpec) ??
    ('problem' in observed.disks ? observed.disks.problem : undefined) ??
    diskObstacle(disksOf(observed, cloneSpec), observed.claims) ??
    claimTaken(observed, cloneSpec) ??
    guestObstacle(observed)
  );
}

/** Empty where the source's disks are not to be had. */
export function disksOf({ disks, claims }: ObservedClone, cloneSpec: CloneSpec): ClonedDisk[] {
  return 'problem' in disks ? [] : clonedDisks(disks, claims, cloneSpec);
}

function unsupported({ operation }: ObservedClone, cloneSpec: CloneSpec): string | undefined {
  const { targetNamespace = operation.metadata.namespace, includeMemory } = cloneSpec;
  if (targetNamespace !== operation.metadata.namespace)
    return 'cloneSpec.targetNamespace: a clone in another namespace is not implemented in this version';
  if (includeMemory) return 'cloneSpec.includeMemory is not implemented in this version';
  return undefined;
}

function snapshotObstacle(
  { snapshot, operation, disks }: ObservedClone,
  { snapshotRef }: CloneSpec,
): string | undefined {
  if (!snapshotRef) return undefined;
  const name = `cloneSpec.snapshotRef: VMSnapshot ${snapshotRef.name}`;
  if (!snapshot) return `${name} does not exist`;
  if (snapshot.spec.vmRef.name !== operation.spec.vmRef.name) {
    return `${name} is of VirtualMachine ${snapshot.spec.vmRef.name}`;
  }
  if (!snapshot.status?.readyToRestore || snapshot.metadata.deletionTimestamp) return `${name} is not ready`;
  const held = snapshot.status.disks ?? [];
  const hard = 'problem' in disks ? [] : disks.filter(({ device }) => device === 'disk');
  const newer = hard.find((disk) => !held.some((other) => other.name === disk.name));
  return newer && `${name} does not hold disk ${newer.name}, which came to the VM since`;
}

function nameTaken({ target, operation }: ObservedClone, { targetName }: CloneSpec): string | undefined {
  if (!target || isMadeBy(target, operation)) return undefined;
  return `VirtualMachine ${targetName} exists already: choose another cloneSpec.targetName, or delete it first`;
}

function claimTaken(observed: ObservedClone, cloneSpec: CloneSpec): string | undefined {
  if (observed.target) return undefined;
  const taken = disksOf(observed, cloneSpec).find(({ claimName }) => observed.claims.has(claimName));
  return (
    taken &&
    `claim ${taken.claimName} exists already, left by an earlier VM: choose another cloneSpec.targetName, or delete it first`
  );
}

/** A guest is off, or its launcher can freeze what it has; on the way from one to the other it is neither. */
function guestObstacle({ vm, disks }: ObservedClone): string | undefined {
  const phase = vm?.status?.phase ?? 'Pending';
  const name = `VirtualMachine ${vm?.metadata.name ?? ''}`;
  if (phase === 'Stopped') return undefined;
  if (phase !== 'Running' && phase !== 'Paused') return `${name} is ${phase}: stop or start it first`;
  const served = vm && servedDisk(vm);
  if (served !== undefined) return servedElsewhere(served);
  const unfit = ('problem' in disks ? [] : disks).find(
    ({ device, volumeMode, accessMode }) =>
      device === 'disk' && (volumeMode === 'Block' || accessMode === 'ReadWriteOncePod'),
  );
  if (!unfit) return undefined;
  const what = unfit.volumeMode === 'Block' ? 'a block volume' : 'ReadWriteOncePod';
  return `${name} is ${phase} and its disk ${unfit.name} is ${what}, of which only a guest that is off can be cloned: stop it first`;
}
