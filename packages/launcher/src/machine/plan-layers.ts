import type { MachineDisk } from '@hypersdk/api/machine';
import { type Job, LAYERS_JOB } from './action.ts';
import type { Observed, RunningQemu } from './observed.ts';

/** Layers that are to be made under the guest, or to go. One waits for the other: both change what stands on what. */
export function layerJobs(observed: Observed, qemu: RunningQemu): Job[] {
  const isFolding = observed.jobs.get(LAYERS_JOB)?.state === 'running';
  const freezes = freezeJobs(observed, qemu);
  if (isFolding) return dropJobs(observed);
  return freezes.length > 0 ? freezes : dropJobs(observed);
}

function freezeJobs({ spec, record, frozen }: Observed, { status }: RunningQemu): Job[] {
  const { request } = spec;
  if (request?.type !== 'freeze') return [];
  const { id, quiesce = true } = request;
  if (id === record.lastRequest || id === frozen?.id) return [];
  const isQuiesced = quiesce && status === 'running';
  return [{ type: 'freeze-disks', id, disks: allDisks({ spec, record }), isQuiesced }];
}

function dropJobs({ spec, record, dropped }: Observed): Job[] {
  const ids = spec.dropLayers ?? [];
  if (ids.every((id) => dropped.includes(id))) return [];
  return [{ type: 'drop-layers', ids, disks: allDisks({ spec, record }) }];
}

/** A disk that came since the start is the guest's, too; one that it does not have is left out when it is done. */
function allDisks({ spec, record }: Pick<Observed, 'spec' | 'record'>): MachineDisk[] {
  const known = [...(record.launch?.spec.disks ?? []), ...spec.disks];
  return [...new Map(known.map((disk) => [disk.name, disk])).values()];
}
