/** Fields that the schema has and this version does not act on. Nothing is ignored without being named. */
import type { VirtualMachineSpec } from '@hypersdk/api';

const table: Readonly<Record<string, (spec: VirtualMachineSpec) => unknown>> = {
  kernel: ({ kernel }) => kernel,
  'networks[].type other than pod-network': ({ networks }) =>
    networks?.some(({ type }) => type !== 'pod-network'),
  'networks[].staticIP': ({ networks }) => networks?.some(({ staticIP }) => staticIP),
};

export function unsupportedFields(spec: VirtualMachineSpec): string[] {
  return Object.entries(table).flatMap(([field, isUsed]) => (isUsed(spec) ? [field] : []));
}
