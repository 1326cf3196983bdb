import { attachmentName, type MachineDisk, servedChain } from '@hypersdk/api/machine';
import { diskPath } from '../../qemu/disks/disk.ts';
import type { Job } from './action.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';

type Media = Pick<RunningQemu, 'disks' | 'detached'>;

/**
 * Media that are to be put into the drives of the running machine, or taken out. The drives are those that it was started
 * with; a medium whose volume this pod does not have waits until another serves it, and leaves what is in the drive.
 */
export function mediaJobs(
  { spec, record, unmounted }: Pick<Observed, 'spec' | 'record' | 'unmounted'>,
  qemu: Media,
): Job[] {
  const drives = record.launch?.spec.disks.filter(({ device }) => device === 'cdrom') ?? [];
  return drives.flatMap(({ name }) => {
    const medium = spec.disks.find((disk) => disk.name === name && hasMedium(disk));
    if (medium && unmounted.includes(name) && !isServed(medium, spec)) return [];
    return isAsWanted(name, medium, qemu) ? [] : [{ type: 'change-medium', name, medium } as const];
  });
}

function hasMedium({ device, empty }: MachineDisk): boolean {
  return device === 'cdrom' && !empty;
}

function isServed(medium: MachineDisk, { attachments = [] }: Observed['spec']): boolean {
  return attachments.some(({ disk }) => disk === attachmentName(medium));
}

function isAsWanted(drive: string, medium: MachineDisk | undefined, { disks, detached }: Media): boolean {
  const inserted = disks.find(({ name }) => name === drive);
  const [file] = inserted?.chain ?? [];
  if (medium) return file === diskPath(medium) || file === servedChain(attachmentName(medium));
  return !inserted && !detached.some(({ name }) => name === drive);
}
