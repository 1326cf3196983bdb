/** The operator's view of the cluster: one watch a kind, indexed by the questions that reconcilers ask. */
import type { VirtualMachine, VMClone, VMImage, VMOperation, VMSnapshot, VMTemplate } from '@hypersdk/api';
import { Annotations, findCondition, Labels } from '@hypersdk/api';
import {
  Informer,
  Namespaces,
  Nodes,
  OwnWrites,
  PersistentVolumeClaims,
  Pods,
  StorageClasses,
  type Client,
  type KubeObject,
  type Log,
  type Namespace,
  type Node,
  type PersistentVolumeClaim,
  type Pod,
  type StorageClass,
} from '@hypersdk/kube';
import {
  imageOfVmImage,
  imagesOfTemplate,
  imagesOfVm,
  vmImagesOf,
  vmImagesOfTemplate,
} from './image/users.ts';
import { sourceClaimsOf } from './image/source-claim.ts';
import { ownWishes, templateWishes, vmImageWish } from './image/wish.ts';
import { claimsBelow } from './ownership.ts';
import { OwnObjects } from './own-objects.ts';
import { KVM_RESOURCE, offersKvm } from './virtual-machine/acceleration/kvm.ts';
import { KVM_NOT_OFFERED } from './virtual-machine/plan/kvm-problem.ts';
import { VirtualMachines, VMClones, VMImages, VMOperations, VMSnapshots, VMTemplates } from './resources.ts';

/** Objects of our kinds, with our own writes on top of the caches. */
export interface Own {
  readonly virtualMachines: OwnObjects<VirtualMachine>;
  readonly operations: OwnObjects<VMOperation>;
  readonly templates: OwnObjects<VMTemplate>;
  readonly vmImages: OwnObjects<VMImage>;
  readonly snapshots: OwnObjects<VMSnapshot>;
  readonly clones: OwnObjects<VMClone>;
  readonly claims: OwnWrites<PersistentVolumeClaim>;
}

export interface Caches {
  readonly virtualMachines: Informer<VirtualMachine>;
  readonly operations: Informer<VMOperation>;
  readonly templates: Informer<VMTemplate>;
  readonly vmImages: Informer<VMImage>;
  readonly snapshots: Informer<VMSnapshot>;
  readonly clones: Informer<VMClone>;
  /** Those that we made. */
  readonly pods: Informer<Pod>;
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly storageClasses: Informer<StorageClass>;
  readonly nodes: Informer<Node>;
  readonly namespaces: Informer<Namespace>;
}

/** Of the index `kvm`: the nodes that offer it, and the VMs that wait for that. */
export const OFFERED = 'offered';
export const AWAITED = 'awaited';

export const MANAGED = `${Labels.appManagedBy}=hypersdk-operator`;

export function openCaches(client: Client, log: Log): Caches {
  return {
    virtualMachines: new Informer(client, VirtualMachines, {
      log,
      indexers: {
        template: templateOf,
        image: imagesOfVm,
        vmImage: (vm) => vmImagesOf(vm, undefined),
        namespace: namespaceOf,
        claim: claimsGivenTo,
        kvm: awaitsKvm,
        sourceClaim: (vm) => sourceClaimsOf(ownWishes(vm)),
        beingClonedBy,
      },
    }),
    operations: new Informer(client, VMOperations, { log, indexers: { vm: vmOf, cloneTarget } }),
    templates: new Informer(client, VMTemplates, {
      log,
      indexers: {
        image: imagesOfTemplate,
        vmImage: vmImagesOfTemplate,
        sourceClaim: (template) => sourceClaimsOf(templateWishes(template)),
      },
    }),
    vmImages: new Informer(client, VMImages, {
      log,
      indexers: { image: imageOfVmImage, sourceClaim: (vmImage) => sourceClaimsOf([vmImageWish(vmImage)]) },
    }),
    snapshots: new Informer(client, VMSnapshots, { log, indexers: { vm: vmOf } }),
    clones: new Informer(client, VMClones, { log }),
    pods: new Informer(client, Pods, {
      log,
      labelSelector: MANAGED,
      indexers: {
        owner: ownersOf,
        node: nodeOf,
        cloneSource: cloneSourceOf,
        attachedTo: attachedToOf,
        vm: vmOfPod,
      },
    }),
    claims: new Informer(client, PersistentVolumeClaims, {
      log,
      transform: slimClaim,
      indexers: { standsOn: belowOf },
    }),
    storageClasses: new Informer(client, StorageClasses, { log }),
    nodes: new Informer(client, Nodes, { log, transform: slimNode, indexers: { kvm: kvmOf } }),
    namespaces: new Informer(client, Namespaces, { log, transform: slimNamespace }),
  };
}

export function ownObjects(client: Client, caches: Caches): Own {
  return {
    virtualMachines: new OwnObjects(client, VirtualMachines, caches.virtualMachines),
    operations: new OwnObjects(client, VMOperations, caches.operations),
    templates: new OwnObjects(client, VMTemplates, caches.templates),
    vmImages: new OwnObjects(client, VMImages, caches.vmImages),
    snapshots: new OwnObjects(client, VMSnapshots, caches.snapshots),
    clones: new OwnObjects(client, VMClones, caches.clones),
    claims: new OwnWrites(caches.claims),
  };
}

/** Resolves when every cache has been filled once. */
export async function fill(caches: Caches, signal: AbortSignal): Promise<void> {
  const informers = informersOf(caches);
  for (const informer of informers) informer.start(signal);
  await Promise.all(informers.map(({ synced }) => synced));
}

export function isFilled(caches: Caches): boolean {
  return informersOf(caches).every(({ isSynced }) => isSynced);
}

type AnyInformer = Pick<Informer<KubeObject>, 'resource' | 'stats' | 'start' | 'synced' | 'isSynced'>;

export function informersOf(caches: Caches): AnyInformer[] {
  return Object.values<AnyInformer>({ ...caches });
}

function templateOf({ spec, metadata }: VirtualMachine): string[] {
  const reference = spec.image?.templateRef;
  return reference ? [`${reference.namespace ?? metadata.namespace ?? ''}/${reference.name}`] : [];
}

function namespaceOf({ metadata }: VirtualMachine): string[] {
  return metadata.namespace === undefined ? [] : [metadata.namespace];
}

function vmOf({
  spec,
  metadata,
}: Pick<VMOperation, 'metadata'> & { spec: { vmRef: { name: string } } }): string[] {
  return [`${metadata.namespace ?? ''}/${spec.vmRef.name}`];
}

/** Claims that the VM was given. They have no label of ours. */
function claimsGivenTo({ spec, metadata }: VirtualMachine): string[] {
  return (spec.disks ?? []).flatMap(({ source }) =>
    source?.pvc ? [`${metadata.namespace ?? ''}/${source.pvc.name}`] : [],
  );
}

function cloneTarget({ spec, metadata }: VMOperation): string[] {
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
const vmOfPod = (pod: Pod): string[] => vmByLabel(pod, Labels.vmName);

/** The claims that a linked disk's claim stands on. */
function belowOf(claim: PersistentVolumeClaim): string[] {
  return claimsBelow(claim).map((name) => `${claim.metadata.namespace ?? ''}/${name}`);
}

/** The VM whose disks a pod copies. */
export const cloneSourceOf = (pod: KubeObject): string[] => vmByLabel(pod, Labels.cloneSource);

/** The VM that a pod pulls disks for. */
export const cloneTargetOf = (pod: KubeObject): string[] => vmByLabel(pod, Labels.cloneTarget);

/** The VM that a pod serves a disk to. */
export const attachedToOf = (pod: KubeObject): string[] => vmByLabel(pod, Labels.attachedTo);

function vmByLabel({ metadata }: KubeObject, label: string): string[] {
  const name = metadata.labels?.[label];
  return name === undefined ? [] : [`${metadata.namespace ?? ''}/${name}`];
}

function nodeOf({ spec }: Pod): string[] {
  return spec?.nodeName ? [spec.nodeName] : [];
}

/** A big cluster has far more claims than ours; of each is kept what tells whose it is, whether it is bound, what it is and how it grows. */
function slimClaim({ metadata, spec, status }: PersistentVolumeClaim): PersistentVolumeClaim {
  const { labels, ...kept } = metadata;
  const { phase, capacity, conditions, allocatedResourceStatuses } = status ?? {};
  const className = spec?.storageClassName;
  const requests = spec?.resources?.requests;
  return {
    metadata: { ...kept, ...(labels && { labels: ofOurs(labels) }) },
    spec: {
      ...(className !== undefined && { storageClassName: className }),
      ...(requests && { resources: { requests } }),
      ...(spec?.volumeMode !== undefined && { volumeMode: spec.volumeMode }),
    },
    status: {
      ...(phase && { phase }),
      ...(capacity && { capacity }),
      ...(conditions && { conditions }),
      ...(allocatedResourceStatuses && { allocatedResourceStatuses }),
    },
  };
}

function ofOurs(labels: Record<string, string>): Record<string, string> {
  const names: readonly string[] = [Labels.vmName, Labels.image, Labels.upload];
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}

/** Nodes are big and change often; we ask whether they are ready, and which of them offer KVM. */
function slimNode({ metadata: { name, labels }, spec, status }: Node): Node {
  const ready = (status?.conditions ?? []).filter(({ type }) => type === 'Ready');
  const kvm = status?.allocatable?.[KVM_RESOURCE];
  return {
    metadata: { name, ...(labels && { labels }) },
    ...(spec?.unschedulable && { spec: { unschedulable: true } }),
    status: {
      conditions: ready.map((condition) => ({ type: 'Ready', status: condition.status })),
      ...(kvm !== undefined && { allocatable: { [KVM_RESOURCE]: kvm } }),
    },
  };
}

function kvmOf(node: Node): string[] {
  return offersKvm(node) ? [OFFERED] : [];
}

/** VMs that wait for a node with KVM. */
function awaitsKvm({ status }: VirtualMachine): string[] {
  const ready = findCondition(status?.conditions, 'Ready');
  return ready?.reason === KVM_NOT_OFFERED ? [AWAITED] : [];
}

/** Of a namespace we ask what its pods may be. */
function slimNamespace({ metadata: { name, labels } }: Namespace): Namespace {
  return { metadata: { name, ...(labels && { labels }) } };
}
