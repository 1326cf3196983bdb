/** Disks that an operation resize names. Pure. */
import { compareQuantities, inOneWord, type ResizeSpec, type VirtualMachine } from '@hypersdk/api';
import { heldSize } from '../../virtual-machine/size/held-size.ts';
import type { Found } from '../kind.ts';
import { growthRefusal } from '../../virtual-machine/disks/growth.ts';
import type { ObservedResize } from './observed.ts';

type Wanted = NonNullable<ResizeSpec['disks']>;
type Disks = NonNullable<VirtualMachine['spec']['disks']>;

export function disksObstacle(observed: ObservedResize & Found): string | undefined {
  const { operation, vm } = observed;
  const problems = (operation.spec.resizeSpec?.disks ?? []).flatMap(({ name, size }) => {
    const disk = inOneWord(vm.spec).disks?.find((each) => each.name === name);
    if (!disk) return [`VirtualMachine ${vm.metadata.name} has no disk ${name} in its spec`];
    const now = heldSize(vm, disk) ?? disk.size;
    const isSmaller = now !== undefined && compareQuantities(size, now) < 0;
    if (isSmaller) return [`disk ${name} is of ${now} and cannot shrink to ${size}`];
    return growthObstacle(observed, name, size) ?? [];
  });
  return problems.length > 0 ? problems.join('; ') : undefined;
}

/** Written into spec, it could not be taken back, for a disk never shrinks. */
function growthObstacle(
  { disks, claims, storageClasses }: ObservedResize,
  name: string,
  size: string,
): string | undefined {
  const disk = 'problem' in disks ? undefined : disks.find((one) => one.name === name);
  return disk && growthRefusal({ ...disk, size }, claims.get(disk.claimName), storageClasses);
}

/** The whole list, as a list is written; undefined once spec asks for all of it. */
export function enlargedDisks({ spec }: VirtualMachine, wanted: Wanted): Disks | undefined {
  const { disks = [] } = inOneWord(spec);
  const grown = disks.map((disk) => {
    const size = wanted.find(({ name }) => name === disk.name)?.size;
    const isLess = size !== undefined && compareQuantities(disk.size ?? '0', size) < 0;
    return isLess ? { ...disk, size } : disk;
  });
  return grown.some((disk, index) => disk !== disks[index]) ? grown : undefined;
}

/** One that a running guest sees smaller than it is to be. */
export function smallDisk({ status }: VirtualMachine, wanted: Wanted): Wanted[number] | undefined {
  if (status?.phase !== 'Running' && status?.phase !== 'Paused') return undefined;
  const awaits = (name: string): boolean =>
    status.restartAwaitingChanges?.some(({ field }) => field === `disks[${name}].size`) ?? false;
  return wanted.find(({ name, size }) => {
    const now = status.disks?.find((disk) => disk.name === name)?.size;
    return now !== undefined && compareQuantities(now, size) < 0 && !awaits(name);
  });
}
