/** What becomes of a migration that nobody wants any more, or that has failed. */
import { machineDigest, type VirtualMachineStatus, type VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../../observed.ts';
import { isBeingStarted, isFinished, isLauncherGone } from '../../pod/end-of-pod.ts';
import type { Action } from '../actions.ts';
import type { Power } from '../power.ts';
import { wantedMachine } from '../wanted-machine.ts';
import { currentMigration, isOver } from './asked.ts';
import { hasHandedOver, migrationIn } from './outgoing.ts';
import { targetMachine } from './target.ts';

type Migration = NonNullable<VirtualMachineStatus['migration']>;

export interface Step {
  readonly migration: Migration | undefined;
  readonly actions: readonly Action[];
}

const CALLED_OFF = 'The guest stays, as was asked';
const SOURCE_ENDED = 'The guest ended before it could be moved';

/** One whose target is not there, and to which nothing was sent. */
export function endedEarly(
  observed: Observed,
  migration: Migration,
  { operation, pod }: { readonly operation: VMOperation | undefined; readonly pod: Pod | undefined },
): Migration {
  if (isOver(migration) || !neverBegan(observed, migration, pod)) return migration;
  const message = operation ? SOURCE_ENDED : CALLED_OFF;
  return { ...migration, phase: 'Failed', message };
}

/** Of a source that runs, by its own word; of one that has ended, where no target was ever seen. */
function neverBegan(
  { machine }: Observed,
  { operation, podUid }: Migration,
  source: Pod | undefined,
): boolean {
  if (!source) return podUid === undefined;
  if (machine.type !== 'state') return false;
  const told = migrationIn(machine, operation);
  return told === undefined || told.phase === 'Failed';
}

/** Nobody wants it any more, or it has failed. The target goes when the source says that it sends nothing. */
export function undo(observed: Observed, target: Pod, power: Power): Step {
  const { vm, machine, pods } = observed;
  const before = vm.status?.migration;
  const over = before && before.phase !== 'Failed';
  // Who follows a migration that is still asked for stops only where the guest has ended.
  const message = currentMigration(observed) ? SOURCE_ENDED : CALLED_OFF;
  const migration = over ? { ...before, phase: 'Failed' as const, message } : before;
  if (target.metadata.deletionTimestamp) return { migration, actions: [] };
  const pod = pods[0];
  const gone: Step = { migration, actions: [{ type: 'deletePod', pod: target }] };
  if (!pod || isFinished(pod)) return { migration: before, actions: afterSource(observed, target, power) };
  const wanted = wantedMachine(observed, pod, power);
  if (machine.type !== 'state' || !wanted) return { migration, actions: [] };
  const isTold = machine.state.specDigest === machineDigest(wanted);
  const { migration: source } = machine.state;
  const isFree = source === undefined || source.direction === 'in' || source.phase === 'Failed';
  return isTold && isFree ? gone : { migration, actions: [] };
}

/**
 * The source's QEMU has ended: what it has handed over whole is the guest, and nothing else can be. What has come without
 * its word may be older than the disks by now; the guest starts anew from those. A guest that lacks some of its memory is
 * ended by its launcher, which says so.
 */
function afterSource(observed: Observed, target: Pod, power: Power): Action[] {
  const { vm, targetMachine: told, pods } = observed;
  const migration = vm.status?.migration;
  // Its launcher may have the guest before the kubelet has told of it.
  if (isBeingStarted(target) || (told.type === 'unreachable' && !isLauncherGone(target))) return [];
  if (told.type !== 'state' || !migration || !isGuest(observed, migration.operation)) {
    return target.metadata.deletionTimestamp ? [] : [{ type: 'deletePod', pod: target }];
  }
  const [pod] = pods;
  if (!pod) return [];
  const machine = targetMachine({ observed, pod, power, migration }, true);
  return told.state.specDigest === machineDigest(machine)
    ? []
    : [{ type: 'putMachine', address: told.address, machine }];
}

/** What the target has, of a source that has ended. */
function isGuest(observed: Observed, id: string): boolean {
  const phase = migrationIn(observed.targetMachine, id)?.phase;
  return phase === 'PostCopy' || (phase === 'CutOver' && hasHandedOver(observed, id));
}
