/** What keeps everybody from evicting a guest: the eviction is refused for as long as the pod is there. Pure. */
import { Labels } from '@hypersdk/api';
import { ownerReference, type Pod, type PodDisruptionBudget } from '@hypersdk/kube';

/**
 * One a pod, of which it asks that one is healthy. Source and target of a migration bear one label each that the other does
 * not: counted together, the one could be evicted for the other.
 */
export function podBudget(pod: Pod): PodDisruptionBudget {
  const { name, namespace = '', labels = {} } = pod.metadata;
  return {
    metadata: {
      ...{ name, namespace, labels },
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    spec: { minAvailable: 1, selector: { matchLabels: selected(labels) } },
  };
}

function selected(labels: Readonly<Record<string, string>>): Record<string, string> {
  const names: readonly string[] = [Labels.vmName, Labels.epoch];
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}
