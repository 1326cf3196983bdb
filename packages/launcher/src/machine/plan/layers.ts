import type { MachineDisk, MachineState } from '@hypersdk/api/machine';
import { type Job, LAYERS_JOB, MIGRATION_JOB } from './action.ts';
import { failedJobs } from './due-jobs.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';

/** Layers that are to be made under the guest, or to go. One waits for the other: both change what stands on what. */
export function layerJobs(observed: Observed, qemu: RunningQemu): Job[] {
  const isFolding = observed.jobs.get(LAYERS_JOB)?.state === 'running';
  const freezes = freezeJobs(observed, qemu);
  if (isFolding) return dropJobs(observed);
  // What it makes is there, and nobody waits for it any more.
  if (observed.jobs.get(MIGRATION_JOB)?.state === 'running') return freezes;
  return freezes.length > 0 ? freezes : dropJobs(observed);
}

function freezeJobs({ spec, record, frozen }: Observed, { status }: RunningQemu): Job[] {
  const { request } = spec;
  if (request?.type !== 'freeze') return [];
  const { id, quiesce = true, memory: savesMemory = false, isForClone = false } = request;
  if (id === record.lastRequest || id === frozen?.id) return [];
  // With its memory a guest keeps what it holds back; and one that is frozen would be so for ever.
  const isQuiesced = quiesce && !savesMemory && status === 'running';
  const disks = allDisks({ spec, record });
  return [{ type: 'freeze-disks', id, disks, isQuiesced, savesMemory, isForClone }];
}

/** What is told of a freeze that is asked for and does not come about. */
export function freezeProblem(observed: Observed, qemu: RunningQemu): MachineState['freezeProblem'] {
  const jobs = freezeJobs(observed, qemu);
  const [failure] = failedJobs(observed, jobs);
  const id = observed.spec.request?.id;
  if (!failure || id === undefined) return undefined;
  return { id, permanent: failure.permanent, problem: failure.problem };
}

function dropJobs({ spec, record, dropped }: Observed): Job[] {
  const ids = spec.dropLayers ?? [];
  if (ids.every((id) => dropped.includes(id))) return [];
  const isShared = spec.sharedLayers ?? false;
  return [{ type: 'drop-layers', ids, isShared, disks: allDisks({ spec, record }) }];
}

/** A disk that came since the start is the guest's, too; one that it does not have is left out when it is done. */
export function allDisks({ spec, record }: Pick<Observed, 'spec' | 'record'>): MachineDisk[] {
  const known = [...(record.launch?.spec.disks ?? []), ...spec.disks];
  return [...new Map(known.map((disk) => [disk.name, disk])).values()];
}
