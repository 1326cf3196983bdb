/** The claim that a disk is in. */
import type { Disk, VirtualMachine } from '@hypersdk/api';
import { diskWish, imageName } from '../../image/wish.ts';

/** A medium has a claim of its own, since its drive may hold another later. Disks have no dots in their names. */
export function diskClaimName(vm: VirtualMachine, disk: Disk): string {
  const { name, type, source } = disk;
  const moved = movedClaim(vm, name);
  if (moved !== undefined) return moved;
  if (source?.pvc) return source.pvc.name;
  return type === 'cdrom' ? `${vm.metadata.name}.${name}.${mediumName(disk)}` : ownClaimName(vm, name);
}

/** Of a disk that the VM made. */
export function ownClaimName(vm: VirtualMachine, disk: string): string {
  return movedClaim(vm, disk) ?? `${vm.metadata.name}-${disk}`;
}

/** Where a migration has put it. */
function movedClaim({ status }: VirtualMachine, disk: string): string | undefined {
  return status?.movedDisks?.find(({ name }) => name === disk)?.pvc;
}

function mediumName(disk: Disk): string {
  const wish = diskWish(disk);
  return wish ? imageName(wish) : (disk.source?.image?.name ?? 'medium');
}
