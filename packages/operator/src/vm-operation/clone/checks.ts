import type { CloneSpec, OperationCheck } from '@hypersdk/api';
import { deepDisk } from '../../virtual-machine/disks/deep-disk.ts';
import { GIVEN_BY_POD } from '../../virtual-machine/networks/given-by-pod.ts';
import { checked } from '../kind.ts';
import { isAcross, leftBehind, targetNamespaceOf } from './across.ts';
import { clonedDisks, diskObstacle, type ClonedDisk } from './disks.ts';
import { clonedFirmware } from './firmware.ts';
import { isMadeBy } from './made-by.ts';
import { memoryObstacle } from './memory.ts';
import { volumesOf } from './making.ts';
import type { ObservedClone } from './observed.ts';
import { servedDisk, servedElsewhere } from './served-disk.ts';

export function cloneChecks(observed: ObservedClone, cloneSpec: CloneSpec): OperationCheck[] {
  return checked(observed, {
    'cloneSpec.includeMemory': () => memoryObstacle(observed, cloneSpec),
    'namespace of the clone': () => acrossObstacle(observed, cloneSpec),
    'networks of the clone': () => addressObstacle(cloneSpec),
    'name of the clone': () => nameTaken(observed, cloneSpec),
    snapshot: () => snapshotObstacle(observed, cloneSpec),
    disks: () => sourceObstacle(observed, cloneSpec),
    'claims of the clone': () => claimTaken(observed, cloneSpec),
    guest: guestObstacle,
  });
}

/** Of the request alone: what the source itself has without effect is told of by its own condition. */
function addressObstacle({ customization }: CloneSpec): string | undefined {
  const network = customization?.networks?.find(({ staticIP }) => staticIP !== undefined);
  return network && `cloneSpec.customization.networks[${network.name}].staticIP: ${GIVEN_BY_POD}`;
}

function sourceObstacle(observed: ObservedClone, cloneSpec: CloneSpec): string | undefined {
  const { disks, claims } = observed;
  return 'problem' in disks ? disks.problem : diskObstacle(disksOf(observed, cloneSpec), claims);
}

/** Empty where the source's disks are not to be had. */
export function disksOf({ operation, disks, claims }: ObservedClone, cloneSpec: CloneSpec): ClonedDisk[] {
  const wish = { ...cloneSpec, isAcross: isAcross(operation) };
  return 'problem' in disks ? [] : clonedDisks(disks, claims, wish);
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

function acrossObstacle(observed: ObservedClone, cloneSpec: CloneSpec): string | undefined {
  const { operation, spec, isNamespaceThere } = observed;
  if (!isAcross(operation)) return undefined;
  if (!isNamespaceThere)
    return `cloneSpec.targetNamespace: there is no namespace ${targetNamespaceOf(operation)}`;
  if (cloneSpec.mode === 'linked' || cloneSpec.linkedClone) {
    return 'cloneSpec.mode: a linked clone cannot stand on disks of another namespace: use mode full';
  }
  const left = clonedFirmware(observed, cloneSpec) ? FIRMWARE_STAYS : spec && leftBehind(spec, cloneSpec);
  return (
    left && `VirtualMachine ${operation.spec.vmRef.name} cannot be cloned into another namespace: ${left}`
  );
}

const FIRMWARE_STAYS =
  "cloneSpec.identity is keep, and its firmware's state is in a claim that another namespace cannot mount: use identity new";

function nameTaken({ target, operation }: ObservedClone, { targetName }: CloneSpec): string | undefined {
  if (!target || isMadeBy(target, operation)) return undefined;
  return `VirtualMachine ${targetName} exists already: choose another cloneSpec.targetName, or delete it first`;
}

function claimTaken(observed: ObservedClone, cloneSpec: CloneSpec): string | undefined {
  if (observed.target) return undefined;
  const firmware = clonedFirmware(observed, cloneSpec);
  const wanted = volumesOf({ disks: disksOf(observed, cloneSpec), firmware });
  const taken = wanted.find(({ claimName }) => observed.made.has(claimName));
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
  const deep = vm && deepDisk(vm);
  if (deep !== undefined) return deep;
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
