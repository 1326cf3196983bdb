/** A QEMU that awaits a guest: it lets the source send, and runs what has come at the source's word alone. */
import type { MachineIncoming, MachineSpec } from '@hypersdk/api/machine';
import type { Action, Job } from './action.ts';
import { earliest, failedJobs, isDue } from './due-jobs.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import type { Plan } from './planned.ts';
import { isPostCopy, isSilent } from './post-copy.ts';

/** The source has the disk's file open, and goes on with it if the migration comes to nothing. */
export function isSharedWithSource(
  { incoming }: Pick<MachineSpec, 'incoming'>,
  { name }: { name: string },
): boolean {
  return incoming !== undefined && !incoming.mirrored.includes(name);
}

/** A guest goes on with what it was started with. */
export function wantedAcceleration({
  incoming,
  acceleration,
}: Pick<MachineSpec, 'incoming' | 'acceleration'>): MachineSpec['acceleration'] {
  return incoming?.acceleration ?? acceleration;
}

/** Undefined once the guest is here, and of a machine that awaits none. */
export function awaited({ spec, record }: Pick<Observed, 'spec' | 'record'>): MachineIncoming | undefined {
  const { incoming } = spec;
  const isHere = record.migration?.id === incoming?.id && record.migration?.state === 'arrived';
  return isHere ? undefined : incoming;
}

export function planIncoming(
  observed: Observed,
  incoming: MachineIncoming,
  qemu: RunningQemu,
  now: Date,
): Plan {
  const isAhead = observed.record.migration?.state === 'ahead';
  const calls = callsToSource(observed, incoming, qemu);
  const retries = failedJobs(observed, calls).map(({ retryAt }) => retryAt);
  return {
    phase: isAhead ? 'Running' : 'Starting',
    actions: qemu.silent
      ? []
      : [...calls.filter((job) => isDue(observed, job, now)), ...steps(observed, incoming, qemu, now)],
    wakeAt: isAhead ? new Date(now.getTime() + AHEAD_LOOK) : earliest(retries),
  };
}

/** From when this QEMU listens until the guest is ours. */
function callsToSource(
  { record, goAhead }: Observed,
  { id, source, sourceAddress }: MachineIncoming,
  { migration: { status } = { status: 'none' } }: RunningQemu,
): Job[] {
  const isOurs = goAhead === id || record.migration !== undefined;
  if (!sourceAddress || isOurs || /^(none|failed|cancelled)$/.test(status)) return [];
  return [{ type: 'call-source', incoming: { id, source, sourceAddress } }];
}

/** Milliseconds. QEMU does not say when the guest of its source has come to stand here. */
const AHEAD_LOOK = 1_000;

function steps(observed: Observed, incoming: MachineIncoming, qemu: RunningQemu, now: Date): Action[] {
  const { migration } = qemu;
  const arrive: Action = { type: 'migrate', step: { type: 'arrive', id: incoming.id } };
  const state = observed.record.migration?.state;
  if (state === 'arriving') return [arrive];
  if (state === 'ahead') return stepsAhead(observed, incoming, qemu, now);
  const isOurs = observed.goAhead === incoming.id;
  if (observed.powerdownRequested && !(isOurs && isPostCopy(qemu)))
    return [{ type: 'quit', reason: 'host-powerdown' }];
  switch (migration?.status) {
    case 'none':
      return [{ type: 'migrate', step: { type: 'listen', incoming } }];
    case 'completed':
      return isOurs || incoming.takeOver ? [arrive] : [];
    case 'postcopy-active':
    case 'postcopy-paused':
      if (incoming.takeOver) return [incomplete];
      return isOurs ? [{ type: 'migrate', step: { type: 'run-ahead', id: incoming.id } }] : [];
    case 'failed':
    case 'cancelled': {
      const message = `The guest did not come: ${migration.error ?? 'QEMU gives no reason'}.`;
      return [{ type: 'quit', reason: 'qemu-error', message }];
    }
    default:
      return [];
  }
}

/** The guest runs here, and its memory is on its way. */
function stepsAhead(
  { spec }: Observed,
  { id, takeOver }: MachineIncoming,
  qemu: RunningQemu,
  now: Date,
): Action[] {
  const { status, migration } = qemu;
  if (migration?.status === 'completed') return [{ type: 'migrate', step: { type: 'record-arrived' } }];
  // A network that went with the source's node tells nobody that nothing comes any more.
  const hasStopped = migration?.status === 'postcopy-paused' || isSilent(qemu, now);
  if (migration?.status === 'failed' || (takeOver && hasStopped)) return [incomplete];
  // A launcher died between its record and the guest's first step.
  return status === 'paused' && spec.power === 'on'
    ? [{ type: 'migrate', step: { type: 'run-ahead', id } }]
    : [];
}

const incomplete: Action = {
  type: 'quit',
  reason: 'qemu-error',
  message: 'Not all of its memory has come, and its source is gone.',
};
