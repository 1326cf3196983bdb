import type { MachineProblem } from '@hypersdk/api/machine';
import type { Action } from './action.ts';
import { earliest, failedJobs, isDue } from './due-jobs.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import { flattenJobs, withdrawnFlattens } from './flatten.ts';
import { planFullDisk } from './full-disk.ts';
import { layerJobs } from './layers.ts';
import { enlargedRecords, fileSystemJobs, growthJobs } from './growth.ts';
import { mediaJobs } from './media.ts';
import { abandonJobs, isMigrating, passingMemoryJobs, suspendJobs } from './memory.ts';
import { pluggingJobs } from './plugging.ts';
import { renewalJobs } from './renewal.ts';
import { resizeJobs } from './resize.ts';
import type { Plan } from './planned.ts';

/** What is wanted of a guest that lives and is to live on: to run or to stand still, and what is asked for once. */
export function planGuest(observed: Observed, qemu: RunningQemu, now: Date): Plan {
  const phase = runs(observed, qemu) ? 'Running' : 'Paused';
  // A QEMU that does not answer would only hold up the round.
  if (qemu.silent) return { phase, actions: [], problem: notAnswering };
  const wanted = [
    ...growthJobs(observed, qemu),
    ...pluggingJobs(observed, qemu),
    ...resizeJobs(observed, qemu),
    ...renewalJobs(observed, qemu),
    ...(observed.spec.lendsTo === undefined
      ? [...layerJobs(observed, qemu), ...flattenJobs(observed, qemu)]
      : []),
    ...mediaJobs(observed, qemu),
    ...suspendJobs(observed),
    ...passingMemoryJobs(observed),
  ];
  wanted.push(...abandonJobs(observed, qemu, wanted));
  const failures = failedJobs(observed, wanted);
  // The disk has grown, whatever the guest says: no trouble of the machine's.
  const enlarging = fileSystemJobs(observed, qemu);
  const fullDisk = planFullDisk(observed, qemu, now);
  const asked = requested(observed) ?? paused(observed, qemu);
  const due = [...wanted, ...enlarging].filter((job) => isDue(observed, job, now));
  const retries = [...failures, ...failedJobs(observed, enlarging)];
  const times = [fullDisk.wakeAt, ...retries.map(({ retryAt }) => retryAt)];
  return {
    phase,
    actions: [
      ...enlargedRecords(observed),
      ...due,
      ...withdrawnFlattens(observed),
      ...(asked ? [asked] : fullDisk.actions),
    ],
    problem: stoppedBy(qemu, observed) ?? failures[0]?.problem,
    wakeAt: earliest(times.filter((time) => time !== undefined)),
  };
}

function runs({ spec }: Observed, qemu: RunningQemu): boolean {
  return qemu.status === 'running' || (spec.power === 'on' && isMigrating(qemu));
}

function requested({ spec, record, frozen }: Observed): Action | undefined {
  const { request, suspend } = spec;
  const isUntold = frozen !== undefined && frozen.id !== record.lastFreeze?.id;
  if (isUntold && frozen.id === suspend) return { type: 'record-freeze', freeze: frozen };
  if (!request || request.id === record.lastRequest) return undefined;
  if (request.type !== 'freeze') return { type: 'request', request, resume: spec.power === 'on' };
  return frozen?.id === request.id ? { type: 'record-freeze', freeze: frozen } : undefined;
}

/** Only a guest that we paused is resumed: one that stopped over a disk's error would only meet it again. */
function paused({ spec, record }: Observed, { status }: RunningQemu): Action | undefined {
  if (spec.power === 'paused') return status === 'running' ? { type: 'pause' } : undefined;
  return record.pausedSince === undefined ? undefined : { type: 'resume' };
}

const notAnswering: MachineProblem = {
  reason: 'QemuNotAnswering',
  message: 'QEMU does not answer; often its storage does not either.',
};

function stoppedBy(
  { status, failedDisk }: RunningQemu,
  { unmounted }: Pick<Observed, 'unmounted'>,
): MachineProblem | undefined {
  if (status !== 'io-error') return undefined;
  if (!failedDisk) {
    return {
      reason: 'DiskIoError',
      message: 'The guest waits because a disk gave an error; resume it later.',
    };
  }
  const { name, noSpace } = failedDisk;
  const isAway = !noSpace && unmounted.includes(name);
  return { ...(isAway ? diskAway(name) : diskProblem(failedDisk)), disk: name };
}

function diskAway(name: string): MachineProblem {
  const message = `Disk ${name} is served by a pod of its own, which is away. The guest waits, and goes on when it is back.`;
  return { reason: 'DiskAway', message };
}

function diskProblem({ name, noSpace }: NonNullable<RunningQemu['failedDisk']>): MachineProblem {
  if (noSpace) {
    const message = `Disk ${name} cannot be written: its volume is full. The guest waits; give the disk a larger size or make room in its volume, and it goes on.`;
    return { reason: 'NoSpace', message };
  }
  const message = `Disk ${name} gives input/output errors. The guest waits; mend its storage, then resume it.`;
  return { reason: 'DiskIoError', message };
}
