import { isPluggable } from '../qemu/pluggable.ts';
import type { Job } from './action.ts';
import type { Observed, RunningQemu } from './observed.ts';

/** Disks that are to come to the running machine, or to go from it. */
export function pluggingJobs(observed: Observed, qemu: RunningQemu): Job[] {
  return [...plugs(observed, qemu), ...unplugs(observed, qemu)];
}

/** A disk whose volume this pod does not have waits for the next one. */
function plugs({ spec, unmounted }: Observed, { disks }: RunningQemu): Job[] {
  const has = (name: string): boolean => disks.some((disk) => disk.name === name);
  return spec.disks
    .filter(
      (disk) => isPluggable(spec.machineType, disk) && !has(disk.name) && !unmounted.includes(disk.name),
    )
    .map((disk) => ({ type: 'plug-disk', disk, machineType: spec.machineType }));
}

function unplugs({ spec, record }: Observed, { disks, detached }: RunningQemu): Job[] {
  const started = record.launch?.spec;
  const isWanted = (name: string): boolean => spec.disks.some((disk) => disk.name === name);
  return [...disks, ...detached]
    .map(({ name }) => name)
    .filter((name) => !isWanted(name))
    .flatMap((name) => {
      const disk = started?.disks.find((candidate) => candidate.name === name);
      const mayGo = !started || !disk || isPluggable(started.machineType, disk);
      return mayGo ? [{ type: 'unplug-disk', name } as const] : [];
    });
}
