import type { MachineDisk } from '@hypersdk/api/machine';
import type { Job } from './action.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';

/** Disks of the running QEMU that the spec wants larger. Never smaller, and a CD-ROM is as large as what is in it. */
export function growthJobs(
  { spec, unmounted }: Pick<Observed, 'spec' | 'unmounted'>,
  { disks }: RunningQemu,
): Job[] {
  const isAway = (name: string): boolean =>
    unmounted.includes(name) && !spec.attachments?.some(({ disk }) => disk === name);
  return spec.disks.flatMap((disk) => {
    const now = disks.find(({ name }) => name === disk.name)?.virtualSize;
    const isDue = now !== undefined && isToGrow(disk, now) && !isAway(disk.name);
    return isDue ? [{ type: 'block-resize', disk }] : [];
  });
}

export function isToGrow({ device, size }: MachineDisk, now: number): boolean {
  return device === 'disk' && now < size;
}
