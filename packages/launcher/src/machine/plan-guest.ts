import type { MachineProblem } from '@hypersdk/api/machine';
import type { Action } from './action.ts';
import type { Observed, RunningQemu } from './observed.ts';
import type { Plan } from './plan.ts';

/** What is wanted of a guest that lives and is to live on: to run or to stand still, and what is asked for once. */
export function planGuest(observed: Observed, qemu: RunningQemu): Plan {
  const phase = qemu.status === 'running' ? 'Running' : 'Paused';
  const problem = guestProblem(qemu);
  // A QEMU that does not answer would only hold up the round.
  const action = qemu.silent ? undefined : (requested(observed) ?? paused(observed, qemu));
  return { phase, actions: action ? [action] : [], problem };
}

function requested({ spec, record }: Observed): Action | undefined {
  const { request } = spec;
  if (!request || request.id === record.lastRequest) return undefined;
  return { type: 'request', request, resume: spec.power === 'on' };
}

/** Only a guest that we paused is resumed: one that stopped over a disk's error would only meet it again. */
function paused({ spec, record }: Observed, { status }: RunningQemu): Action | undefined {
  if (spec.power === 'paused') return status === 'running' ? { type: 'pause' } : undefined;
  return record.pausedSince === undefined ? undefined : { type: 'resume' };
}

function guestProblem({ silent, status, failedDisk }: RunningQemu): MachineProblem | undefined {
  if (silent) {
    return {
      reason: 'QemuNotAnswering',
      message: 'QEMU does not answer; often its storage does not either.',
    };
  }
  if (status !== 'io-error') return undefined;
  if (!failedDisk) {
    return {
      reason: 'DiskIoError',
      message: 'The guest waits because a disk gave an error; resume it later.',
    };
  }
  return { ...diskProblem(failedDisk), disk: failedDisk.name };
}

function diskProblem({ name, noSpace }: NonNullable<RunningQemu['failedDisk']>): MachineProblem {
  if (noSpace) {
    const message = `Disk ${name} cannot be written: its volume is full. The guest waits; make room in the volume, then resume it.`;
    return { reason: 'NoSpace', message };
  }
  const message = `Disk ${name} gives input/output errors. The guest waits; mend its storage, then resume it.`;
  return { reason: 'DiskIoError', message };
}
