import type { MachineDisk } from '@hypersdk/api/machine';
import type { Action, Job } from './action.ts';
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

/** What of it the guest has not taken up yet; it has to run, and an agent to answer, and nothing is said of one that has none. */
export function fileSystemJobs(
  observed: Pick<Observed, 'spec' | 'record' | 'guestAgent' | 'enlarged'>,
  { status, disks }: Pick<RunningQemu, 'status' | 'disks'>,
): Job[] {
  const { spec, guestAgent } = observed;
  const isAsked = spec.guestAgent?.growFileSystems && guestAgent?.connection === 'Connected';
  if (!isAsked || status !== 'running') return [];
  const due = growths(observed).filter(({ isEnlarged }) => !isEnlarged);
  return due.flatMap(({ name, size }) => {
    const hasGrown = disks.some((disk) => disk.name === name && disk.virtualSize >= size);
    return hasGrown ? [{ type: 'grow-file-systems', name, size }] : [];
  });
}

/** What the guest has done is on record before anything else is asked of it. */
export function enlargedRecords(observed: Pick<Observed, 'record' | 'enlarged'>): Action[] {
  const done = growths(observed).filter(({ isEnlarged }) => isEnlarged);
  return done.map(({ name, size }) => ({ type: 'record-enlarged', name, size }));
}

/** A disk may have grown again meanwhile. */
function growths({ record, enlarged }: Pick<Observed, 'record' | 'enlarged'>) {
  const due = Object.entries(record.fileSystemsDue ?? {});
  return due.map(([name, size]) => ({ name, size, isEnlarged: enlarged?.get(name) === size }));
}

export function isToGrow({ device, size }: MachineDisk, now: number): boolean {
  return device === 'disk' && now < size;
}
