import type { CoreV1Event } from '@kubernetes/client-node/dist/gen/models/CoreV1Event.js';
import type { V1ConfigMap } from '@kubernetes/client-node/dist/gen/models/V1ConfigMap.js';
import type { V1Lease } from '@kubernetes/client-node/dist/gen/models/V1Lease.js';
import type { V1Namespace } from '@kubernetes/client-node/dist/gen/models/V1Namespace.js';
import type { V1Node } from '@kubernetes/client-node/dist/gen/models/V1Node.js';
import type { V1PersistentVolumeClaim } from '@kubernetes/client-node/dist/gen/models/V1PersistentVolumeClaim.js';
import type { V1Pod } from '@kubernetes/client-node/dist/gen/models/V1Pod.js';
import type { V1PodDisruptionBudget } from '@kubernetes/client-node/dist/gen/models/V1PodDisruptionBudget.js';
import type { V1Secret } from '@kubernetes/client-node/dist/gen/models/V1Secret.js';
import type { V1Service } from '@kubernetes/client-node/dist/gen/models/V1Service.js';
import type { V1StorageClass } from '@kubernetes/client-node/dist/gen/models/V1StorageClass.js';
import type { ObjectMeta } from './object.ts';
import { defineResource } from './resource.ts';
import type { Wire } from './wire.ts';

/** A top-level object as the API server sends it. */
type Stored<T> = Omit<Wire<T>, 'metadata'> & { metadata: ObjectMeta };

export type Pod = Stored<V1Pod>;
export type PersistentVolumeClaim = Stored<V1PersistentVolumeClaim>;
export type Secret = Stored<V1Secret>;
export type ConfigMap = Stored<V1ConfigMap>;
export type Event = Stored<CoreV1Event>;
export type Lease = Stored<V1Lease>;
export type Node = Stored<V1Node>;
export type Namespace = Stored<V1Namespace>;
export type StorageClass = Stored<V1StorageClass>;
export type PodDisruptionBudget = Stored<V1PodDisruptionBudget>;
export type Service = Stored<V1Service>;

const core = { group: '', version: 'v1', namespaced: true };

export const Pods = defineResource<Pod>({ ...core, plural: 'pods', kind: 'Pod' });
export const PersistentVolumeClaims = defineResource<PersistentVolumeClaim>({
  ...core,
  plural: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
});
export const Secrets = defineResource<Secret>({ ...core, plural: 'secrets', kind: 'Secret' });
export const ConfigMaps = defineResource<ConfigMap>({ ...core, plural: 'configmaps', kind: 'ConfigMap' });
export const Events = defineResource<Event>({ ...core, plural: 'events', kind: 'Event' });
export const Services = defineResource<Service>({ ...core, plural: 'services', kind: 'Service' });
export const Nodes = defineResource<Node>({ ...core, plural: 'nodes', kind: 'Node', namespaced: false });
export const PodDisruptionBudgets = defineResource<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
});
export const Namespaces = defineResource<Namespace>({
  ...core,
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
});
export const Leases = defineResource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
});
export const StorageClasses = defineResource<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  plural: 'storageclasses',
  kind: 'StorageClass',
  namespaced: false,
});
