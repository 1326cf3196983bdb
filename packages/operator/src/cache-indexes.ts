/** The questions that the caches are indexed by. */
import { Annotations, findCondition, Labels, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { KubeObject, Node, PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { drainedNode } from './drain/operation.ts';
import { claimsBelow } from './ownership.ts';
import { offersKvm, KVM_NOT_OFFERED } from './virtual-machine/acceleration/kvm.ts';
import { isActive } from './vm-operation/order.ts';

/** Of the index `kvm`: the nodes that offer it, and the VMs that wait for that. */
export const OFFERED = 'offered';
export const AWAITED = 'awaited';

/** Of the index `drain`: migrations that drains have made and that have not ended. */
export const ACTIVE = 'active';

export function drainOf(operation: VMOperation): string[] {
  return drainedNode(operation) !== undefined && isActive(operation) ? [ACTIVE] : [];
}

export function templateOf({ spec, metadata }: VirtualMachine): string[] {
  const reference = spec.image?.templateRef;
  return reference ? [`${reference.namespace ?? metadata.namespace ?? ''}/${reference.name}`] : [];
}

export function namespaceOf({ metadata }: VirtualMachine): string[] {
  return metadata.namespace === undefined ? [] : [metadata.namespace];
}

export function vmOf({
  spec,
  metadata,
}: Pick<VMOperation, 'metadata'> & { spec: { vmRef: { name: string } } }): string[] {
  return [`${metadata.namespace ?? ''}/${spec.vmRef.name}`];
}

/** The schedule that a snapshot is kept by. */
export const scheduleOf = (snapshot: KubeObject): string[] => keyByLabel(snapshot, Labels.snapshotSchedule);

export function cloneTarget({ spec, metadata }: VMOperation): string[] {
  const { targetName, targetNamespace = metadata.namespace ?? '' } = spec.cloneSpec ?? {};
  return targetName === undefined ? [] : [`${targetNamespace}/${targetName}`];
}

/** The operation of another namespace that still makes a VM's disks. */
export function beingClonedBy({ metadata }: VirtualMachine): string[] {
  const operation = metadata.annotations?.[Annotations.beingClonedBy];
  return operation === undefined ? [] : [operation];
}

export function ownersOf({ metadata }: KubeObject): string[] {
  return (metadata.ownerReferences ?? []).map(({ uid }) => uid);
}

/** The VM by name: one of that name may have stood here before. */
export const vmOfPod = (pod: Pod): string[] => keyByLabel(pod, Labels.vmName);

/** The claims that a linked disk's claim stands on. */
export function belowOf(claim: PersistentVolumeClaim): string[] {
  return claimsBelow(claim).map((name) => `${claim.metadata.namespace ?? ''}/${name}`);
}

/** The VM whose disks a pod copies. */
export const cloneSourceOf = (pod: KubeObject): string[] => keyByLabel(pod, Labels.cloneSource);

/** The VM that a pod pulls disks for. */
export const cloneTargetOf = (pod: KubeObject): string[] => keyByLabel(pod, Labels.cloneTarget);

/** The VM that a pod serves a disk to. */
export const attachedToOf = (pod: KubeObject): string[] => keyByLabel(pod, Labels.attachedTo);

function keyByLabel({ metadata }: KubeObject, label: string): string[] {
  const name = metadata.labels?.[label];
  return name === undefined ? [] : [`${metadata.namespace ?? ''}/${name}`];
}

export function nodeOf({ spec }: Pod): string[] {
  return spec?.nodeName ? [spec.nodeName] : [];
}

export function kvmOf(node: Node): string[] {
  return offersKvm(node) ? [OFFERED] : [];
}

/** VMs that wait for a node with KVM. */
export function awaitsKvm({ status }: VirtualMachine): string[] {
  const ready = findCondition(status?.conditions, 'Ready');
  return ready?.reason === KVM_NOT_OFFERED ? [AWAITED] : [];
}
