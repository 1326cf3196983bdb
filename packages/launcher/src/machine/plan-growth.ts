import type { MachineDisk } from '@hypersdk/api/machine';
import type { Job } from './action.ts';
import type { Observed, RunningQemu } from './observed.ts';

/** Disks of the running QEMU that the spec wants larger. Never smaller, and a CD-ROM is as large as what is in it. */
export function growthJobs({ spec }: Pick<Observed, 'spec'>, { disks }: RunningQemu): Job[] {
  return spec.disks.flatMap((disk) => {
    const now = disks.find(({ name }) => name === disk.name)?.virtualSize;
    return now !== undefined && isToGrow(disk, now) ? [{ type: 'block-resize', disk }] : [];
  });
}

export function isToGrow({ device, size }: MachineDisk, now: number): boolean {
  return device === 'disk' && now < size;
}
