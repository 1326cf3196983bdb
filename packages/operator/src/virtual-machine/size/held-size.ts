/** A disk never shrinks: one that spec asks to be smaller than it is stays as it is. Pure. */
import { parseBytes, type Disk, type EffectiveSpec, type VirtualMachine } from '@hypersdk/api';
import { diskClaimName } from '../disks/claim-name.ts';

/** The API server refuses a smaller size, but not one of a disk that was taken off and comes back. */
export function withHeldSizes<T extends Pick<EffectiveSpec, 'disks'>>(spec: T, vm: VirtualMachine): T {
  const disks = spec.disks.map((disk) => {
    const held = heldSize(vm, disk);
    return held === undefined ? disk : { ...disk, size: held };
  });
  return { ...spec, disks };
}

/**
 * What the disk has, where that is more than spec asks for. A raw one is left out: it is as large as its volume, or as who
 * gave it made it.
 */
export function heldSize(vm: VirtualMachine, disk: Disk): string | undefined {
  if (disk.size === undefined || disk.type !== 'disk') return undefined;
  const claimName = diskClaimName(vm, disk);
  const made = vm.status?.disks?.find(({ name, pvc = claimName }) => name === disk.name && pvc === claimName);
  if (!made?.size || made.format !== 'qcow2' || made.progress !== undefined) return undefined;
  return parseBytes(made.size) > wholeSectors(parseBytes(disk.size)) ? made.size : undefined;
}

/** As QEMU makes them of a size. */
const wholeSectors = (bytes: number): number => Math.ceil(bytes / 512) * 512;
