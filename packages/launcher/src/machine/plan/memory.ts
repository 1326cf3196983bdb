import { machineShape, type MachineProblem, shapeChanges } from '@hypersdk/api/machine';
import { type Job, MIGRATION_JOB } from './action.ts';
import { failedJobs, isDue } from './due-jobs.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import { allDisks } from './layers.ts';
import type { Plan } from './planned.ts';

/** While memory comes or goes nothing else is done to the guest: neither may it run on once its memory is saved. */
export function planMemory(observed: Observed, now: Date): Plan | undefined {
  if (isLoading(observed)) return planLoading(observed, now);
  if (observed.savedMemory) {
    return { phase: 'PoweringDown', actions: [{ type: 'quit', reason: 'host-suspended' }] };
  }
  const job = observed.jobs.get(MIGRATION_JOB);
  const isSuspending = job?.state === 'running' && job.type === 'suspend-guest';
  if (!isSuspending) return undefined;
  // What is on its volume by then is final.
  const isWanted = observed.spec.suspend !== undefined;
  return { phase: 'Running', actions: isWanted ? [] : [{ type: 'cancel-suspension' }] };
}

function isLoading({ record }: Observed): boolean {
  return record.launch?.resumeFrom !== undefined && !record.resumed;
}

function planLoading(observed: Observed, now: Date): Plan {
  const { record, savedMemory, powerdownRequested, jobs } = observed;
  const job: Job = { type: 'load-memory', directory: record.launch?.resumeFrom ?? '' };
  // The guest has not taken a step yet, and will go on from the same memory another time.
  if (powerdownRequested && savedMemory && jobs.get(MIGRATION_JOB)?.state !== 'running') {
    return { phase: 'PoweringDown', actions: [{ type: 'quit', reason: 'host-suspended' }] };
  }
  const [failure] = failedJobs(observed, [job]);
  return {
    phase: failure?.permanent ? 'Failed' : 'Starting',
    actions: isDue(observed, job, now) ? [job] : [],
    problem: failure?.problem,
    wakeAt: failure?.retryAt,
  };
}

/** One that failed is told, and not tried again: the guest's user is to decide. */
export function suspendJobs({ spec, record, frozen }: Observed): Job[] {
  const { suspend: id } = spec;
  if (id === undefined || id === frozen?.id || id === record.lastFreeze?.id) return [];
  return [{ type: 'suspend-guest', id, disks: allDisks({ spec, record }) }];
}

/** A clone that failed, or was cancelled, has not taken it away. */
export function passingMemoryJobs({ spec, record, mayHavePassingMemory }: Observed): Job[] {
  if (!mayHavePassingMemory || spec.request?.isForClone) return [];
  return [{ type: 'forget-passing-memory', disks: allDisks({ spec, record }) }];
}

/** A launcher died over it, and what it was for is not wanted any more. */
export function abandonJobs({ spec }: Observed, qemu: RunningQemu, wanted: readonly Job[]): Job[] {
  const isWanted = wanted.some(({ type }) => type === 'freeze-disks' || type === 'suspend-guest');
  const isToRun = spec.power === 'on' && isMigrating(qemu);
  return isToRun && !isWanted ? [{ type: 'abandon-migration' }] : [];
}

/** It stands still for its migration alone, and for a moment. */
export function isMigrating({ status }: RunningQemu): boolean {
  return status === 'finish-migrate' || status === 'postmigrate';
}

/** Directory of the memory that the start goes on from. */
export function resumeFrom({ spec, savedMemory }: Observed): string | undefined {
  return spec.discardMemory || spec.incoming ? undefined : savedMemory?.directory;
}

/** Why the machine, as it is wanted now, is none that the saved guest can go on in. */
export function misfit(observed: Observed): MachineProblem | undefined {
  const { spec, savedMemory, acceleration } = observed;
  if (!savedMemory || resumeFrom(observed) === undefined) return undefined;
  const { saved } = savedMemory;
  const changes = shapeChanges(saved.shape, machineShape(spec));
  if (acceleration && acceleration.type !== saved.acceleration) {
    changes.push(`acceleration was ${saved.acceleration} and is ${acceleration.type}`);
  }
  if (changes.length === 0) return undefined;
  const message = `The guest's memory was saved in another machine: ${changes.join('; ')}. Set it back, or start the VM with force: it boots then, and what was in its memory is lost.`;
  return { reason: 'MemoryDoesNotFit', message };
}
