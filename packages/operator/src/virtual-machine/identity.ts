/** What a guest is known by: as spec says, else chosen once and kept in status. */
import type { VirtualMachine } from '@hypersdk/api';

export function uuidOf({ spec, status, metadata }: VirtualMachine): string | undefined {
  return spec.identity?.uuid ?? status?.uuid ?? metadata.uid;
}

export function hostnameOf({ spec, status, metadata }: VirtualMachine): string {
  return spec.identity?.hostname ?? status?.hostname ?? metadata.name;
}
