import * as z from 'zod';
import { GROUP } from './group.ts';

const names = z.record(z.string(), z.string());

export const OwnerReference = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().exactOptional(),
  blockOwnerDeletion: z.boolean().exactOptional(),
});

/** What we read of Kubernetes' ObjectMeta. Times are RFC 3339. */
export const ObjectMeta = z.object({
  name: z.string(),
  namespace: z.string().exactOptional(),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  generation: z.int().exactOptional(),
  creationTimestamp: z.string().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
  deletionGracePeriodSeconds: z.int().exactOptional(),
  labels: names.exactOptional(),
  annotations: names.exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
  ownerReferences: z.array(OwnerReference).exactOptional(),
});

export type OwnerReference = z.infer<typeof OwnerReference>;
export type ObjectMeta = z.infer<typeof ObjectMeta>;

export const Labels = {
  /** The short form that people type: `kubectl get pod -l vm=NAME`. */
  vm: 'vm',
  vmName: `${GROUP}/vm`,
  epoch: `${GROUP}/epoch`,
  image: `${GROUP}/image`,
  /** Of an image's claim that a client uploads into. */
  upload: `${GROUP}/upload`,
  /** On the pod that copies a VM's disks: that VM. */
  cloneSource: `${GROUP}/clone-source`,
  /** On the pod that pulls disks from another namespace: the VM that they are made for. */
  cloneTarget: `${GROUP}/clone-target`,
  /** On nodes, by who runs the cluster: `true` where their power is green. */
  greenEnergy: `${GROUP}/green-energy`,
  /** On a pod that was made to take in a guest from another: uid of the VMOperation migrate. */
  migration: `${GROUP}/migration`,
  /** On the pod that serves a disk to a running VM: that VM, and the disk. */
  attachedTo: `${GROUP}/attached-to`,
  disk: `${GROUP}/disk`,
  /** On a snapshot: the VMSnapshotSchedule that it is kept by. Whoever takes it away keeps the snapshot. */
  snapshotSchedule: `${GROUP}/snapshot-schedule`,
  appName: 'app.kubernetes.io/name',
  appInstance: 'app.kubernetes.io/instance',
  appComponent: 'app.kubernetes.io/component',
  appManagedBy: 'app.kubernetes.io/managed-by',
} as const;

export const Annotations = {
  /** On a clone: uid of the VMOperation that made it. */
  clonedBy: `${GROUP}/cloned-by`,
  /** On a clone in another namespace, until its disks are made: namespace and name of its operation. */
  beingClonedBy: `${GROUP}/being-cloned-by`,
  /** On a snapshot: uid of the VMOperation or VMSnapshotSchedule that had it made. */
  madeBy: `${GROUP}/made-by`,
  /** On a snapshot of a schedule: the time that it is for, as RFC 3339. */
  scheduledAt: `${GROUP}/scheduled-at`,
  /** On a VMOperation migrate that a drain has made: the node that it empties. */
  drains: `${GROUP}/drains`,
  defaultContainer: 'kubectl.kubernetes.io/default-container',
  /** Argo CD shall not call a finished `restartPolicy: Never` pod degraded. */
  argoIgnoreRestartPolicy: 'argocd.argoproj.io/ignore-restart-policy',
} as const;

/** One a kind: it holds the object until what we made for it is gone. A VM has none: all that is its own, it owns. */
export const Finalizers = {
  vmOperation: `${GROUP}/vm-operation`,
  vmTemplate: `${GROUP}/vm-template`,
  vmImage: `${GROUP}/vm-image`,
  vmSnapshot: `${GROUP}/vm-snapshot`,
} as const;

/** The reconciler never owns a field of spec; an operation owns just those that it names. */
export const FieldManagers = {
  operator: 'hypersdk-operator',
  operation: 'hypersdk-operation',
} as const;
