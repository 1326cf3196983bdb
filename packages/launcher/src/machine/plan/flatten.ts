import { dirname } from 'node:path';
import type { MachineDisk } from '@hypersdk/api/machine';
import { type Action, diskJob, type Job } from './action.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';

/** Disks of the running guest that are to stand on their own volume alone, and do not yet. */
export function flattenJobs({ spec }: Pick<Observed, 'spec'>, { disks }: RunningQemu): Job[] {
  return spec.disks.flatMap((disk) => {
    const chain = disks.find(({ name }) => name === disk.name)?.chain ?? [];
    return disk.flatten && leadsElsewhere(disk, chain) ? [{ type: 'flatten-disk', disk }] : [];
  });
}

function leadsElsewhere({ volume }: MachineDisk, chain: readonly string[]): boolean {
  return volume.type === 'filesystem' && chain.slice(1).some((file) => dirname(file) !== volume.directory);
}

/** Nobody wants it any more; what follows it learns that from QEMU. */
export function withdrawnFlattens({ spec, jobs }: Pick<Observed, 'spec' | 'jobs'>): Action[] {
  return spec.disks.flatMap(({ name, flatten }) => {
    const state = jobs.get(diskJob(name));
    const isFlattening = state?.state === 'running' && state.type === 'flatten-disk';
    return isFlattening && !flatten ? [{ type: 'cancel-flatten', name }] : [];
  });
}
