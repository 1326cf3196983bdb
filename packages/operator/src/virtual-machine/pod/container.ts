/**
 * A pod's containers by their names. In pods of earlier operators the launcher and the network are native sidecars, among
 * the init containers; such pods go on for as long as their guests do.
 */
import type { Pod } from '@hypersdk/kube';

type Container = NonNullable<Pod['spec']>['containers'][number];
export type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

export function containerOf({ spec }: Pod, name: string): Container | undefined {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.find((container) => container.name === name);
}

export function containerStatuses({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

export function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  return containerStatuses(pod).find((status) => status.name === name);
}
