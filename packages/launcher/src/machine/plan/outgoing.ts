/** How a guest goes to another pod. QEMU's own word and the record say how far it is; each step may be repeated. */
import type { MachineOutgoing, MachineProblem } from '@hypersdk/api/machine';
import { type Action, type Job, MIGRATION_JOB, type MigrationStep } from './action.ts';
import { earliest, failedJobs, isDue } from './due-jobs.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import { convergence, nextDowntime } from './convergence.ts';
import { isPostCopy, isStalled } from './post-copy.ts';
import type { MigrationRecord } from '../record.ts';
import { wantedOutgoing } from './wanted-outgoing.ts';

export interface OutgoingPlan {
  readonly actions: readonly Action[];
  /** The guest is the target's: nothing else may be done with this one. */
  readonly isHandedOver: boolean;
  readonly wakeAt?: Date | undefined;
}

/** Undefined where no migration is asked for or under way. */
export function planOutgoing(observed: Observed, qemu: RunningQemu, now: Date): OutgoingPlan | undefined {
  const { migration } = observed.record;
  switch (migration?.state) {
    case 'handed-over':
      return { ...planHandOver(observed, migration, now), isHandedOver: true };
    case 'sending':
      return {
        actions: sendingActions(observed, qemu, migration, now),
        ...{ isHandedOver: isSent(qemu), wakeAt: isAllButSent(qemu) ? nextMoment(now) : nextLook(now) },
      };
    case 'preparing':
      return {
        actions: preparingActions(observed, migration, now),
        ...{ isHandedOver: false, wakeAt: nextLook(now) },
      };
    case 'failed':
    case 'arriving':
    case 'ahead':
    case 'arrived':
    case undefined: {
      const outgoing = wantedOutgoing(observed);
      if (!outgoing || outgoing.id === migration?.id) return undefined;
      return { actions: [step({ type: 'begin', outgoing })], isHandedOver: false };
    }
  }
}

/** Milliseconds. How far it is changes without an event. */
const PROGRESS_LOOK = 2_000;
const nextLook = (now: Date): Date => new Date(now.getTime() + PROGRESS_LOOK);

/**
 * The source of a migration in which QEMU has sent all stands still by that, whatever it said of an earlier one. Of one whose
 * memory is to follow, the guest itself was sent.
 */
const isSent = (qemu: RunningQemu): boolean =>
  (qemu.migration?.status === 'completed' && qemu.status === 'postmigrate') || isPostCopy(qemu);

/** QEMU calls a migration completed a moment before it stands still for good, of which it tells without an event. */
const isAllButSent = (qemu: RunningQemu): boolean =>
  qemu.migration?.status === 'completed' && qemu.status === 'finish-migrate';

/** Milliseconds. */
const MOMENT = 10;
const nextMoment = (now: Date): Date => new Date(now.getTime() + MOMENT);

/** The migration of the record, while it is still asked for. */
function wanted(observed: Observed, { id }: MigrationRecord): MachineOutgoing | undefined {
  const outgoing = wantedOutgoing(observed);
  return outgoing?.id === id ? outgoing : undefined;
}

function preparingActions(observed: Observed, migration: MigrationRecord, now: Date): Action[] {
  const outgoing = wanted(observed, migration);
  if (!outgoing) return [{ type: 'end-migration', problem: withdrawn }];
  return due(observed, { type: 'send-guest', outgoing }, now);
}

function sendingActions(
  observed: Observed,
  qemu: RunningQemu,
  migration: MigrationRecord,
  now: Date,
): Action[] {
  const outgoing = wanted(observed, migration);
  if (isSent(qemu)) return handOver(observed, qemu, migration, now);
  if (isAllButSent(qemu)) return [];
  switch (qemu.migration?.status) {
    case 'setup':
    case 'wait-unplug':
      return outgoing ? [] : [step({ type: 'cancel' })];
    case 'active': {
      if (!outgoing) return [step({ type: 'cancel' })];
      switch (convergence(outgoing, qemu.migration)) {
        case 'go-ahead-of-memory':
          return due(observed, { type: 'start-post-copy', outgoing }, now);
        case 'stand-longer':
          return [step({ type: 'allow-downtime', milliseconds: nextDowntime(outgoing, qemu.migration) })];
        case undefined:
          return [];
      }
    }
    case 'pre-switchover': {
      if (!outgoing) return [step({ type: 'cancel' })];
      const job: Job = { type: 'switch-over', outgoing };
      return failedJobs(observed, [job]).length > 0 ? [step({ type: 'cancel' })] : due(observed, job, now);
    }
    case 'device':
    case 'cancelling':
      return [];
    default:
      return due(observed, { type: 'end-migration', problem: failure(qemu, outgoing) }, now);
  }
}

/** The guest stands still: once that is on record, it is said without another look. */
function handOver(observed: Observed, qemu: RunningQemu, { outgoing }: MigrationRecord, now: Date): Action[] {
  const record = step({ type: 'record-handed-over', downtime: qemu.migration?.downtimeMilliseconds });
  return [record, ...(outgoing ? due(observed, { type: 'hand-over', outgoing }, now) : [])];
}

function failure({ migration }: RunningQemu, outgoing: MachineOutgoing | undefined): MachineProblem {
  if (!outgoing) return withdrawn;
  const message = `The guest stays: ${migration?.error ?? 'QEMU gave the migration up'}.`;
  return { reason: 'MigrationFailed', message };
}

const withdrawn: MachineProblem = { reason: 'Cancelled', message: 'The guest stays, as was asked.' };

/** The target runs the guest at our word. It is asked for as long as it takes: only one that never ran it gives it back. */
export function planHandOver(
  observed: Observed,
  migration: MigrationRecord,
  now: Date,
): Pick<OutgoingPlan, 'actions' | 'wakeAt'> {
  const { outgoing } = migration;
  if (!outgoing) throw new Error('a migration on record lacks its target');
  const answer = observed.handOver?.id === migration.id ? observed.handOver.answer : undefined;
  if (answer === 'runs')
    return { actions: [{ type: 'quit', reason: 'migrated', message: 'The guest runs elsewhere.' }] };
  const qemu = observed.qemu.state === 'running' ? observed.qemu : undefined;
  if (answer === 'never' || wanted(observed, migration)?.takeBack)
    return { actions: [qemu && isPostCopy(qemu) ? lost : step(takeBack)] };
  const isBroken = qemu && (qemu.migration?.status === 'postcopy-paused' || isStalled(qemu, now));
  const job: Job = { type: isBroken ? 'recover' : 'hand-over', outgoing };
  const state = observed.jobs.get(MIGRATION_JOB);
  const retryAt = state?.state === 'failed' ? state.retryAt : undefined;
  return {
    actions: due(observed, job, now),
    wakeAt: qemu && isPostCopy(qemu) ? earliest([nextLook(now), ...(retryAt ? [retryAt] : [])]) : retryAt,
  };
}

const takeBack: MigrationStep = {
  type: 'take-back',
  problem: {
    reason: 'TargetEnded',
    message: 'The guest goes on here: its target ended before it ran there.',
  },
};

/** Its state was sent, and this QEMU does not let it go on. */
const lost: Action = {
  type: 'quit',
  reason: 'qemu-error',
  message: 'The target ended before all of the guest was there.',
};

const due = (observed: Observed, job: Job, now: Date): Job[] => (isDue(observed, job, now) ? [job] : []);

const step = (what: MigrationStep): Action => ({ type: 'migrate', step: what });
