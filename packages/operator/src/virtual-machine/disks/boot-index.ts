import { rootDiskOf, type Disk } from '@hypersdk/api';

/**
 * A disk's place in the boot order, 1 first: what its user says. The root disk is tried even where nothing is said of it,
 * after all that have a place, and before the firmware would try whatever else it finds.
 */
export function bootIndexOf(disk: Disk, disks: readonly Disk[]): number | undefined {
  if (disk.bootOrder !== undefined || disk !== rootDiskOf(disks)) return disk.bootOrder;
  return 1 + Math.max(0, ...disks.map(({ bootOrder = 0 }) => bootOrder));
}
