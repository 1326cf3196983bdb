/** What the caches keep of objects that are big, or many, and not ours. */
import { Labels } from '@hypersdk/api';
import type { Namespace, Node, PersistentVolumeClaim } from '@hypersdk/kube';
import { KVM_RESOURCE } from './virtual-machine/acceleration/kvm.ts';

/** A big cluster has far more claims than ours; of each is kept what tells whose it is, whether it is bound, what it is, who can mount it and how it grows. */
export function slimClaim({ metadata, spec, status }: PersistentVolumeClaim): PersistentVolumeClaim {
  const { labels, ...kept } = metadata;
  const { phase, capacity, conditions, allocatedResourceStatuses } = status ?? {};
  const className = spec?.storageClassName;
  const requests = spec?.resources?.requests;
  const accessModes = spec?.accessModes;
  return {
    metadata: { ...kept, ...(labels && { labels: ofOurs(labels) }) },
    spec: {
      ...(className !== undefined && { storageClassName: className }),
      ...(requests && { resources: { requests } }),
      ...(accessModes && { accessModes }),
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

/** Nodes are big and change often; we ask whether they are ready, or being drained, and which of them offer KVM. */
export function slimNode({ metadata: { name, labels }, spec, status }: Node): Node {
  const ready = (status?.conditions ?? []).filter(({ type }) => type === 'Ready');
  const kvm = status?.allocatable?.[KVM_RESOURCE];
  return {
    metadata: { name, ...(labels && { labels }) },
    ...slimNodeSpec(spec),
    status: {
      conditions: ready.map((condition) => ({ type: 'Ready', status: condition.status })),
      ...(kvm !== undefined && { allocatable: { [KVM_RESOURCE]: kvm } }),
    },
  };
}

function slimNodeSpec({ unschedulable, taints = [] }: NonNullable<Node['spec']> = {}): Pick<Node, 'spec'> {
  const kept = taints.map(({ key, effect }) => ({ key, effect }));
  if (!unschedulable && kept.length === 0) return {};
  return { spec: { ...(unschedulable && { unschedulable }), ...(kept.length > 0 && { taints: kept }) } };
}

/** Of a namespace we ask what its pods may be. */
export function slimNamespace({ metadata: { name, labels } }: Namespace): Namespace {
  return { metadata: { name, ...(labels && { labels }) } };
}
