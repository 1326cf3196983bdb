/** The claim that a disk is in. */
import type { Disk, VirtualMachine } from '@hypersdk/api';
import { diskWish, imageName } from '../../image/wish.ts';

/** A medium has a claim of its own, since its drive may hold another later. Disks have no dots in their names. */
export function diskClaimName({ metadata, status }: VirtualMachine, disk: Disk): string {
  const { name, type, source } = disk;
  const moved = status?.movedDisks?.find((other) => other.name === name);
  if (moved) return moved.pvc;
  if (source?.pvc) return source.pvc.name;
  return type === 'cdrom' ? `${metadata.name}.${name}.${mediumName(disk)}` : `${metadata.name}-${name}`;
}

function mediumName(disk: Disk): string {
  const wish = diskWish(disk);
  return wish ? imageName(wish) : (disk.source?.image?.name ?? 'medium');
}
