import type { Pod } from '@hypersdk/kube';

/** The pod as earlier operators made it: launcher and network among the init containers, and nothing restarted but them. */
export function withSidecars({ metadata, spec, status }: Pod): Pod {
  const isQemu = ({ name }: { name: string }): boolean => name === 'qemu';
  const isSidecar = (container: { name: string }): boolean => !isQemu(container);
  const { containers = [], ...rest } = spec ?? {};
  const sidecars = containers
    .filter(isSidecar)
    .map((container) => ({ ...container, restartPolicy: 'Always' }));
  const { containerStatuses = [], ...told } = status ?? {};
  return {
    metadata,
    spec: {
      ...rest,
      restartPolicy: 'Never',
      initContainers: sidecars,
      containers: containers.filter(isQemu),
    },
    status: {
      ...told,
      initContainerStatuses: containerStatuses.filter(isSidecar),
      containerStatuses: containerStatuses.filter(isQemu),
    },
  };
}
