/**
 * A guest on its way to another node: what the VM's reconciler does for it, beside what it does for the guest. The launchers
 * decide the cut-over among themselves (ADR 300); here the target is made, the source is told of it, and what is left of the
 * one or the other goes once it is known that the guest is not there.
 */
import { type MachineMigration, type VirtualMachineStatus, type VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { DiskProblem } from '../../disks/disk-problem.ts';
import type { Observed } from '../../observed.ts';
import { isFinished } from '../../pod/end-of-pod.ts';
import { epochOf } from '../../pod/epoch.ts';
import { tell } from '../../status/status.ts';
import type { Plan } from '../actions.ts';
import type { Power } from '../power.ts';
import { isDropPending, isRequestPending } from '../moving.ts';
import { secretMakeUp } from '../secret-make-up.ts';
import { waitingReason } from '../waiting.ts';
import { currentMigration, liveMigration, livePlacement } from './asked.ts';
import { endedEarly, undo, type Step } from './call-off.ts';
import { migrationIn } from './outgoing.ts';
import { migratingDisks } from './moved-disks.ts';
import { prepareTarget, targetMachine, type Moving } from './target.ts';

type Migration = NonNullable<VirtualMachineStatus['migration']>;

/** The guest's pod of before a migration, which has nothing to do with it any more. */
export function isLeftBehind({ vm }: Observed, pod: Pod): boolean {
  const { migration, epoch } = vm.status ?? {};
  return migration?.phase === 'Succeeded' && migration.epoch === epoch && epochOf(pod) < epoch;
}

export function withMigration(observed: Observed, planned: Plan, power: Power): Plan {
  const { target, targetMachine: told } = observed;
  const step = nextStep(observed, power);
  const { migration } = step;
  const lastEpoch = Math.max(planned.status.lastEpoch ?? 0, migration?.epoch ?? 0);
  return {
    ...planned,
    actions: [...planned.actions, ...step.actions],
    status: { ...planned.status, ...(migration && { migration, lastEpoch }) },
    ...(target && told.type !== 'none' && { followTarget: told.address }),
  };
}

function nextStep(observed: Observed, power: Power): Step {
  const operation = liveMigration(observed);
  const migration = currentMigration(observed);
  const pod = sourcePod(observed);
  if (operation && migration && pod) return follow(observed, { operation, migration, pod, power });
  if (observed.target) return undo(observed, observed.target, power);
  const before = observed.vm.status?.migration;
  if (operation && before?.operation !== operation.metadata.uid) return begin(observed, operation, power);
  return { migration: before && endedEarly(observed, before, { operation, pod }), actions: [] };
}

function sourcePod(observed: Observed): Pod | undefined {
  const pod = observed.pods.find((candidate) => !isLeftBehind(observed, candidate));
  return pod && !isFinished(pod) && !pod.metadata.deletionTimestamp ? pod : undefined;
}

/** The guest has to stand, and its layers: what is on its way is waited for. */
function begin(observed: Observed, operation: VMOperation, power: Power): Step {
  const { vm, machine } = observed;
  const before = vm.status?.migration;
  const isUp = machine.type === 'state' && /^(Running|Paused)$/.test(machine.state.phase);
  const pod = sourcePod(observed);
  const isFree = pod && isUp && !isDropPending(observed) && !isRequestPending(observed, pod);
  if (!isFree) return { migration: before, actions: [] };
  const epoch = Math.max(vm.status?.epoch ?? 0, vm.status?.lastEpoch ?? 0) + 1;
  const migration: Migration = {
    ...{ operation: operation.metadata.uid ?? '', phase: 'Preparing', epoch, sourceNode: pod.spec?.nodeName },
    message: 'The pod that is to take the guest in is being made',
  };
  try {
    const disks = migratingDisks(observed, epoch);
    const begun = { ...migration, ...(disks.length > 0 && { disks }) };
    const moving = { observed, pod, power, migration: begun, wishes: operation.spec.migrateSpec };
    return { migration: begun, actions: prepareTarget(moving, livePlacement(operation, pod)) };
  } catch (error) {
    if (!(error instanceof DiskProblem)) throw error;
    return { migration: { ...migration, phase: 'Failed', message: error.message }, actions: [] };
  }
}

interface Following {
  readonly operation: VMOperation;
  readonly migration: Migration;
  readonly pod: Pod;
  readonly power: Power;
}

function follow(observed: Observed, { operation, migration, pod, power }: Following): Step {
  const { target, targetMachine: told, machine } = observed;
  const source = migrationIn(machine, migration.operation);
  const failed = (message: string): Step => ({
    migration: { ...migration, phase: 'Failed', message },
    actions: [],
  });
  if (source?.phase === 'Failed') return failed(source.problem?.message ?? 'The guest stays where it is');
  // Its epoch is the highest: a target of an earlier one would be taken for what the guest has left.
  if (epochOf(pod) > migration.epoch) return failed('The guest was started anew before it could be moved');
  const isHandedOver = source !== undefined && /^(CutOver|PostCopy|Done)$/.test(source.phase);
  if (!target && migration.podUid !== undefined) {
    if (!isHandedOver) return failed('The pod that was to take the guest in is gone');
    return source.phase === 'PostCopy' ? giveUpGuest(migration, pod) : { migration, actions: [] };
  }
  const moving: Moving = {
    ...{ observed, pod, power, migration },
    wishes: operation.spec.migrateSpec,
  };
  if (!target) return { migration, actions: prepareTarget(moving, livePlacement(operation, pod)) };
  const there = migrationIn(told, migration.operation);
  const isLost =
    isFinished(target) || target.metadata.deletionTimestamp !== undefined || hasGivenUp(told, there);
  if (isLost && !isHandedOver) {
    const problem =
      told.type === 'state' ? (told.state.problem?.message ?? told.state.exit?.message) : undefined;
    return failed(problem ?? `Pod ${target.metadata.name}, which was to take the guest in, has ended`);
  }
  const seen = { podUid: target.metadata.uid, targetNode: target.spec?.nodeName };
  return {
    migration: { ...migration, ...seen, ...toldBy(observed, target, source), ...postCopyOf(source, there) },
    actions: secretMakeUp(observed, target, targetMachine(moving)),
  };
}

/** Part of it was in the pod that is gone: it starts anew from the disks there, once this one cannot be taken for it. */
function giveUpGuest(migration: Migration, pod: Pod): Step {
  const isOnRecord = migration.phase === 'PostCopy';
  return {
    migration: { ...migration, phase: 'PostCopy', postCopy: { possible: true, used: true } },
    actions: isOnRecord ? [{ type: 'deletePod', pod }] : [],
  };
}

/** What it says of the migration, or that it cannot be made ready for it. */
function hasGivenUp(told: Observed['targetMachine'], there: MachineMigration | undefined): boolean {
  return there?.phase === 'Failed' || (told.type === 'state' && told.state.phase === 'Failed');
}

function toldBy(observed: Observed, target: Pod, source: MachineMigration | undefined): Partial<Migration> {
  if (!source)
    return fetching(observed) ?? { message: waitingReason({ ...observed, pods: [target] }, target).message };
  const { transferred, remaining, total, dirtyRate, throughput, diskProgress } = source;
  return {
    phase: PHASES[source.phase],
    message: messageOf(source),
    ...(transferred !== undefined && { transferredBytes: transferred }),
    ...(remaining !== undefined && { remainingBytes: remaining }),
    ...(dirtyRate !== undefined && { dirtyRate }),
    ...(throughput !== undefined && { throughput }),
    progress: progress({ transferred, remaining, total, diskProgress }),
  };
}

/** What becomes of the wish that the guest may go before its memory. */
function postCopyOf(
  source: MachineMigration | undefined,
  there: MachineMigration | undefined,
): Pick<Migration, 'postCopy'> {
  const isUsed = [source, there].some((side) => side?.phase === 'PostCopy');
  if (isUsed) return { postCopy: { possible: true, used: true } };
  return there?.postCopy ? { postCopy: there.postCopy } : {};
}

/** Its launcher fetches what lies below the guest's writes. */
function fetching({ targetMachine: told }: Observed): Partial<Migration> | undefined {
  if (told.type !== 'state' || told.state.phase !== 'Preparing') return undefined;
  const fetched = told.state.disks.find(({ progress = 0 }) => progress > 0);
  if (!fetched) return undefined;
  const message = `The layers of disk ${fetched.name} are being copied: ${fetched.progress} %`;
  return { phase: 'CopyingDisks', message };
}

const PHASES: Readonly<Record<MachineMigration['phase'], Migration['phase']>> = {
  ...{ Preparing: 'Preparing', Listening: 'Preparing', CopyingDisks: 'CopyingDisks' },
  ...{ CopyingMemory: 'CopyingMemory', CutOver: 'CutOver', PostCopy: 'PostCopy', Done: 'CutOver' },
  Failed: 'Failed',
};

const MESSAGES: Readonly<Record<MachineMigration['phase'], string>> = {
  Preparing: 'The target listens',
  Listening: 'The target listens',
  CopyingDisks: 'Its disks are being copied',
  CopyingMemory: 'Its memory is being copied',
  CutOver: 'Everything is there; the target takes it over',
  PostCopy: 'It runs there, and the rest of its memory follows',
  Done: 'The target has taken it over',
  Failed: 'The guest stays where it is',
};

function messageOf({ phase, throttle }: MachineMigration): string {
  const slowed = throttle === undefined ? '' : `; the guest is held up for ${throttle} % of its time`;
  return MESSAGES[phase] + (phase === 'CopyingMemory' ? slowed : '');
}

/** Percent; disks count for as much as memory. */
function progress({
  total,
  remaining,
  diskProgress,
}: Pick<MachineMigration, 'transferred' | 'remaining' | 'total' | 'diskProgress'>): number {
  const memory = total === undefined || total === 0 ? 0 : 1 - (remaining ?? total) / total;
  const percent = diskProgress === undefined ? 100 * memory : diskProgress / 2 + 50 * memory;
  return Math.min(99, Math.max(0, Math.floor(percent)));
}

/** Nothing is started and nothing declared lost before the target has been asked. */
export function planSourceEnded(observed: Observed, pod: Pod | undefined, power: Power, now: Date): Plan {
  const message = 'The QEMU that sent the guest has ended; its target is asked whether the guest is there';
  const outcome = { phase: 'Migrating', reason: 'SourceEnded', message, progress: 'progressing' } as const;
  return tell(observed, { ...outcome, power, ...(pod && { pod }) }, now);
}
