import type { MachineProblem } from '@hypersdk/api/machine';
import type { AttachedDisk } from '../qemu/devices/disk.ts';
import { type Job, jobKey } from './action.ts';
import type { Observed, ObservedDisk } from './observed.ts';
import type { Plan } from './plan.ts';
import { unsupported } from './unsupported.ts';

/** The way from a fresh pod to QEMU's start. All that is missing is made at once, side by side. */
export function planBoot(observed: Observed, now: Date): Plan {
  const { spec, acceleration } = observed;
  if (observed.powerdownRequested) return { phase: 'PoweringDown', actions: [{ type: 'decline' }] };
  const refused = unsupported(spec);
  if (refused) return { phase: 'Failed', actions: [], problem: refused };

  const wanted = wantedJobs(observed);
  const disks = readyDisks(observed.disks);
  const waiting = [...brokenDisks(observed.disks), ...failedJobs(observed)];
  const lost = waiting.find(({ retryAt }) => retryAt === undefined);
  if (lost) return { phase: 'Failed', actions: [], problem: lost.problem };
  if (wanted.length === 0 && disks && acceleration) {
    return { phase: 'Starting', actions: [{ type: 'launch', acceleration, disks }] };
  }
  return {
    phase: 'Preparing',
    actions: wanted.filter((job) => isDue(observed, job, now)),
    problem: waiting[0]?.problem,
    wakeAt: earliest(waiting.map(({ retryAt }) => retryAt)),
  };
}

function wantedJobs({ spec, disks, seedPresent, acceleration }: Observed): Job[] {
  return [
    ...disks.flatMap(diskJobs),
    ...(spec.cloudInit && !seedPresent ? [{ type: 'make-seed', cloudInit: spec.cloudInit } as const] : []),
    ...(acceleration ? [] : [{ type: 'resolve-acceleration', wanted: spec.acceleration } as const]),
  ];
}

function diskJobs({ disk, found }: ObservedDisk): Job[] {
  switch (found.state) {
    case 'missing':
      return [{ type: 'make-disk', disk }];
    case 'ready':
      return disk.volume.type === 'filesystem' && disk.device === 'disk' && found.virtualSize < disk.size
        ? [{ type: 'grow-disk', disk }]
        : [];
    case 'broken':
      return [];
  }
}

function isDue(observed: Observed, job: Job, now: Date): boolean {
  const state = observed.jobs.get(jobKey(job));
  if (!state) return true;
  return state.state === 'failed' && state.retryAt !== undefined && state.retryAt <= now;
}

interface Waiting {
  readonly problem: MachineProblem;
  readonly retryAt?: Date | undefined;
}

function brokenDisks(disks: readonly ObservedDisk[]): Waiting[] {
  return disks.flatMap(({ found }) => (found.state === 'broken' ? [found] : []));
}

function failedJobs({ jobs }: Observed): Waiting[] {
  return [...jobs.values()].flatMap((job) => (job.state === 'failed' ? [job] : []));
}

/** All disks as QEMU takes them, or undefined while one is not ready. */
function readyDisks(disks: readonly ObservedDisk[]): AttachedDisk[] | undefined {
  const attached = disks.flatMap(({ disk, found }) =>
    found.state === 'ready'
      ? [
          {
            name: disk.name,
            device: disk.device,
            bootIndex: disk.bootIndex,
            layers: found.layers,
            directIo: found.directIo,
          },
        ]
      : [],
  );
  return attached.length === disks.length ? attached : undefined;
}

function earliest(times: readonly (Date | undefined)[]): Date | undefined {
  const numbers = times.flatMap((time) => (time ? [time.getTime()] : []));
  return numbers.length > 0 ? new Date(Math.min(...numbers)) : undefined;
}
