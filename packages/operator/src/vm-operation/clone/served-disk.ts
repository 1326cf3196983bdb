import { servedChain, type VirtualMachine } from '@hypersdk/api';

/** A disk of the running guest, of these names or any, that another pod serves until the guest's next start. */
export function servedDisk({ status }: VirtualMachine, names: readonly string[] = []): string | undefined {
  const isMeant = (name: string): boolean => names.length === 0 || names.includes(name);
  // A medium, which is not cloned, is served by a name that is not its drive's.
  return status?.disks?.find(({ name, chain }) => isMeant(name) && chain?.[0] === servedChain(name))?.name;
}

export const servedElsewhere = (disk: string): string =>
  `disk ${disk} came to the running guest from another pod, until its next start: restart the VM first, or stop it`;
