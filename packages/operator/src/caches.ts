/** The operator's view of the cluster: one watch a kind, indexed by the questions that reconcilers ask. */
import type {
  VirtualMachine,
  VMClone,
  VMImage,
  VMOperation,
  VMSnapshot,
  VMSnapshotSchedule,
  VMTemplate,
} from '@hypersdk/api';
import { Labels } from '@hypersdk/api';
import {
  Informer,
  Namespaces,
  Nodes,
  OwnWrites,
  PersistentVolumeClaims,
  PodDisruptionBudgets,
  Pods,
  StorageClasses,
  type Client,
  type KubeObject,
  type Log,
  type Namespace,
  type Node,
  type PersistentVolumeClaim,
  type Pod,
  type PodDisruptionBudget,
  type StorageClass,
} from '@hypersdk/kube';
import {
  attachedToOf,
  awaitsKvm,
  beingClonedBy,
  belowOf,
  cloneSourceOf,
  cloneTarget,
  drainOf,
  kvmOf,
  namespaceOf,
  nodeOf,
  ownersOf,
  scheduleOf,
  templateOf,
  vmOf,
  vmOfPod,
} from './cache-indexes.ts';
import { slimClaim, slimNamespace, slimNode } from './cache-slimming.ts';
import { namedByTemplate, namedByVm } from './image/named-by-disks.ts';
import { ownWishes, templateOwnWishes, vmImageWish } from './image/wish.ts';
import { OwnObjects } from './own-objects.ts';
import {
  VirtualMachines,
  VMClones,
  VMImages,
  VMOperations,
  VMSnapshots,
  VMSnapshotSchedules,
  VMTemplates,
} from './resources.ts';
import {
  imageOfVmImage,
  imagesOfTemplate,
  imagesOfVm,
  vmImagesOfTemplate,
  sourceClaimsOf,
} from './image/indexes.ts';

/** Objects of our kinds, with our own writes on top of the caches. */
export interface Own {
  readonly virtualMachines: OwnObjects<VirtualMachine>;
  readonly operations: OwnObjects<VMOperation>;
  readonly templates: OwnObjects<VMTemplate>;
  readonly vmImages: OwnObjects<VMImage>;
  readonly snapshots: OwnObjects<VMSnapshot>;
  readonly snapshotSchedules: OwnObjects<VMSnapshotSchedule>;
  readonly clones: OwnObjects<VMClone>;
  readonly claims: OwnWrites<PersistentVolumeClaim>;
}

export interface Caches {
  readonly virtualMachines: Informer<VirtualMachine>;
  readonly operations: Informer<VMOperation>;
  readonly templates: Informer<VMTemplate>;
  readonly vmImages: Informer<VMImage>;
  readonly snapshots: Informer<VMSnapshot>;
  readonly snapshotSchedules: Informer<VMSnapshotSchedule>;
  readonly clones: Informer<VMClone>;
  /** Those that we made. */
  readonly pods: Informer<Pod>;
  readonly claims: Informer<PersistentVolumeClaim>;
  /** Of the VMs' pods. */
  readonly budgets: Informer<PodDisruptionBudget>;
  readonly storageClasses: Informer<StorageClass>;
  readonly nodes: Informer<Node>;
  readonly namespaces: Informer<Namespace>;
}

export const MANAGED = `${Labels.appManagedBy}=hypersdk-operator`;

export function openCaches(client: Client, log: Log): Caches {
  return {
    virtualMachines: new Informer(client, VirtualMachines, {
      log,
      indexers: {
        template: templateOf,
        image: imagesOfVm,
        vmImage: namedByVm('vmImage'),
        namespace: namespaceOf,
        claim: namedByVm('claim'),
        snapshot: namedByVm('snapshot'),
        kvm: awaitsKvm,
        sourceClaim: (vm) => sourceClaimsOf(ownWishes(vm)),
        beingClonedBy,
      },
    }),
    operations: new Informer(client, VMOperations, {
      log,
      indexers: { vm: vmOf, cloneTarget, drain: drainOf },
    }),
    templates: new Informer(client, VMTemplates, {
      log,
      indexers: {
        image: imagesOfTemplate,
        vmImage: vmImagesOfTemplate,
        claim: namedByTemplate('claim'),
        snapshot: namedByTemplate('snapshot'),
        sourceClaim: (template) => sourceClaimsOf(templateOwnWishes(template)),
      },
    }),
    vmImages: new Informer(client, VMImages, {
      log,
      indexers: { image: imageOfVmImage, sourceClaim: (vmImage) => sourceClaimsOf([vmImageWish(vmImage)]) },
    }),
    snapshots: new Informer(client, VMSnapshots, { log, indexers: { vm: vmOf, schedule: scheduleOf } }),
    snapshotSchedules: new Informer(client, VMSnapshotSchedules, { log, indexers: { vm: vmOf } }),
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
      indexers: { standsOn: belowOf, owner: ownersOf },
    }),
    budgets: new Informer(client, PodDisruptionBudgets, { log, labelSelector: MANAGED }),
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
    snapshotSchedules: new OwnObjects(client, VMSnapshotSchedules, caches.snapshotSchedules),
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
