/** The VM that a clone is: its source's spec with what makes it another machine. Pure. */
import {
  Annotations,
  API_VERSION,
  type CloneSpec,
  type Disk,
  type EffectiveSpec,
  type Network,
  type VirtualMachine,
  type VirtualMachineSpec,
  type VMOperation,
} from '@hypersdk/api';
import { keyOf, ownerReference } from '@hypersdk/kube';
import { hostnameOf, uuidOf } from '../../virtual-machine/identity.ts';
import { isAcross, targetNamespaceOf } from './across.ts';
import type { ClonedDisk } from './disks.ts';

export interface TargetContext {
  readonly operation: VMOperation;
  readonly cloneSpec: CloneSpec;
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly disks: readonly ClonedDisk[];
}

/** Owned by its operation until its disks are made: an operation that is deleted before takes it along. */
export function targetVm(context: TargetContext): VirtualMachine {
  const { operation, cloneSpec, vm } = context;
  const { labels } = vm.metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'VirtualMachine',
    metadata: {
      name: cloneSpec.targetName,
      namespace: targetNamespaceOf(operation),
      ...(labels && { labels }),
      ...madeBy(operation),
    },
    spec: targetSpec(context),
  };
}

/** No owner is of another namespace: there, an annotation says whose it is, and `collectOrphans` takes it along. */
function madeBy(operation: VMOperation): Pick<VirtualMachine['metadata'], 'annotations' | 'ownerReferences'> {
  const annotations = { [Annotations.clonedBy]: operation.metadata.uid ?? '' };
  if (!isAcross(operation)) return { annotations, ownerReferences: [ownerReference(operation)] };
  return { annotations: { ...annotations, [Annotations.beingClonedBy]: keyOf(operation) } };
}

export function targetSpec(context: TargetContext): VirtualMachineSpec {
  const { spec, cloneSpec } = context;
  // What the source took from its template is written out: the clone's image is the source's disk.
  const {
    runStrategy: _power,
    image: _image,
    snapshot: _snapshot,
    identity: _identity,
    firmware,
    ...kept
  } = spec;
  const cloudInit = cloudInitOf(context);
  return {
    ...kept,
    ...(firmware && { firmware: ownFirmware(firmware) }),
    running: false,
    disks: targetDisks(context),
    networks: cloneSpec.customization?.networks ?? targetNetworks(context),
    ...(cloudInit && { cloudInit }),
    identity: targetIdentity(context, cloudInit !== undefined),
    deletionProtection: false,
  };
}

function targetDisks({ operation, spec, vm, disks }: TargetContext): Disk[] {
  const { name: source, namespace } = vm.metadata;
  const vmRef =
    isAcross(operation) && namespace !== undefined ? { name: source, namespace } : { name: source };
  const cloned = disks.map(({ source: disk, mode }): Disk => {
    const own = spec.disks.find(({ name }) => name === disk.name);
    const { name, size, storageClass, accessMode, volumeMode, bootIndex } = disk;
    return {
      ...{ name, type: 'disk', accessMode, volumeMode, cloneMode: mode },
      ...(size !== '0' && { size }),
      ...(storageClass !== undefined && { storageClass }),
      ...(bootIndex !== undefined && { bootOrder: bootIndex }),
      ...(own?.deletePolicy && { deletePolicy: own.deletePolicy }),
      source: { clone: { vmRef, disk: name } },
    };
  });
  return [...cloned, ...spec.disks.filter(({ type }) => type === 'cdrom')];
}

/** UEFI's variables and the TPM's state are a machine's own; the clone makes them anew. */
function ownFirmware({
  source: _,
  ...firmware
}: NonNullable<EffectiveSpec['firmware']>): NonNullable<EffectiveSpec['firmware']> {
  return firmware;
}

/** A MAC address that spec names would be on the network twice. */
function targetNetworks({ spec, vm, cloneSpec }: TargetContext): Network[] {
  return spec.networks.map(({ macAddress: _, ...network }) => {
    if (cloneSpec.identity === 'new') return network;
    const kept = vm.status?.networks?.find(({ name }) => name === network.name)?.macAddress;
    return kept === undefined ? network : { ...network, macAddress: kept };
  });
}

/** A guest whose source has no seed is given one only where something is to be said by it. */
function cloudInitOf({ spec, cloneSpec }: TargetContext): VirtualMachineSpec['cloudInit'] {
  const { userData, hostname } = cloneSpec.customization ?? {};
  const { cloudInit } = spec;
  // Its machine is to be as the one whose memory it has: with a seed, or without.
  if (cloneSpec.includeMemory) return cloudInit;
  if (userData === undefined) return cloudInit ?? (hostname === undefined ? undefined : {});
  const { secretRef: _, ...kept } = cloudInit ?? {};
  return { ...kept, userData };
}

function targetIdentity(
  { vm, cloneSpec }: TargetContext,
  hasSeed: boolean,
): NonNullable<VirtualMachineSpec['identity']> {
  const hostname = cloneSpec.customization?.hostname;
  if (cloneSpec.identity === 'new') {
    return { ...(hostname !== undefined && { hostname }), ...(hasSeed && { newMachineId: true }) };
  }
  const uuid = uuidOf(vm);
  const instanceId = vm.spec.identity?.instanceId ?? vm.metadata.uid;
  return {
    ...(uuid !== undefined && { uuid }),
    hostname: hostname ?? hostnameOf(vm),
    ...(instanceId !== undefined && { instanceId }),
  };
}
