import type { JsonPatchOperation, Pod } from '@hypersdk/kube';
import type { Resources } from '../pod/containers.ts';

/** Processors and memory alone: devices that the container asks for stay as they are, as they must. */
export function resourcesPatch(
  { metadata, spec }: Pod,
  { requests, limits }: Resources,
): JsonPatchOperation[] {
  const containers = spec?.containers ?? [];
  const index = containers.findIndex(({ name }) => name === 'qemu');
  const now = containers[index]?.resources;
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: `/spec/containers/${index}/name`, value: 'qemu' },
    {
      op: 'replace',
      path: `/spec/containers/${index}/resources`,
      value: { requests: { ...now?.requests, ...requests }, limits: { ...now?.limits, ...limits } },
    },
  ];
}
