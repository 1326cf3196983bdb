import { basename } from 'node:path';
import {
  LAUNCHER_PORT,
  MachineTermination,
  MIGRATION_PORT,
  MIRROR_PORT,
  parseBandwidth,
  parseDuration,
  type MachineDiskState,
  type MachineExpected,
  type MachineMigration,
  type MachineOutgoing,
  type MachineSpec,
  type MigratingDisk,
  type VMOperation,
} from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { MachineObservation, Observed } from '../../observed.ts';
import { isFinished, isLauncherGone, launcherMessage } from '../../pod/end-of-pod.ts';
import { certificateName } from '../../pod/epoch.ts';
import { currentMigration, liveMigration } from './asked.ts';

/** Bytes a second where nothing is said: more than any network carries. */
const UNLIMITED = 2 ** 33;
/** Milliseconds. With QEMU's own 300 a quick network has the guest stand still for all of its memory. */
const DOWNTIME = 50;
/** Milliseconds, of a guest that does not converge though it is slowed down; connections outlive it. */
const LONGEST_DOWNTIME = 1_000;

/** What is asked for is kept to. */
function downtimes(asked: string | undefined): Pick<MachineOutgoing, 'downtime' | 'longestDowntime'> {
  if (asked === undefined) return { downtime: DOWNTIME, longestDowntime: LONGEST_DOWNTIME };
  return { downtime: Math.max(parseDuration(asked), 1) };
}

/** What the launcher says of a migration of this id. */
export function migrationIn(machine: MachineObservation, id: string): MachineMigration | undefined {
  const migration = machine.type === 'state' ? machine.state.migration : undefined;
  return migration?.id === id ? migration : undefined;
}

/**
 * What the source is told as long as the migration is wanted: from when the target is on record that it will call, and once it
 * listens, or has called, where it is. A target that does not answer for a while takes nothing back.
 */
export function migrationOrder(observed: Observed): Pick<MachineSpec, 'outgoing' | 'expects'> {
  const { target, targetMachine, machine } = observed;
  const migration = currentMigration(observed);
  const operation = liveMigration(observed);
  if (!migration || !operation || !target) return {};
  const there = migrationIn(targetMachine, migration.operation);
  const isKnown = there?.phase === 'Listening' || migrationIn(machine, migration.operation) !== undefined;
  const way = { ...wayOf(operation, there), ...(neverRan(target) && { takeBack: true as const }) };
  const order: MachineExpected = { ...transferOf(migration, target), ...way };
  const host = target.status?.podIP;
  if (isKnown && host !== undefined)
    return { outgoing: { ...order, ...layered(migration.disks ?? [], targetMachine), host } };
  return migration.podUid !== undefined && isExpectable(migration, operation) ? { expects: order } : {};
}

type Migration = NonNullable<ReturnType<typeof currentMigration>>;

/** All that there is to know of it is known before it is there. */
const isExpectable = ({ disks = [] }: Migration, { spec }: VMOperation): boolean =>
  !spec.migrateSpec?.postCopy && disks.every(({ layers }) => !layers);

function transferOf({ operation: id, disks = [] }: Migration, target: Pod) {
  return {
    ...{ id, memoryPort: MIGRATION_PORT, diskPort: MIRROR_PORT, launcherPort: LAUNCHER_PORT },
    mirrored: disks.map(({ name }) => name),
    target: certificateName(target),
  };
}

function wayOf({ spec }: VMOperation, there: MachineMigration | undefined) {
  const { bandwidth, autoConverge, maxDowntime, parallel, postCopy } = spec.migrateSpec ?? {};
  return {
    streams: parallel ?? 1,
    bandwidth: bandwidth === undefined ? UNLIMITED : parseBandwidth(bandwidth),
    ...downtimes(maxDowntime),
    autoConverge: autoConverge ?? true,
    ...(postCopy && there?.postCopy?.possible && { postCopy: true as const }),
  };
}

function layered(
  disks: readonly MigratingDisk[],
  target: MachineObservation,
): Pick<MachineOutgoing, 'layered'> {
  const moved = disks.filter(({ layers }) => layers);
  if (moved.length === 0) return {};
  const there = target.type === 'state' ? target.state.disks : [];
  return { layered: moved.map(({ name }) => ({ name, below: filesBelow(there, name) })) };
}

function filesBelow(disks: readonly MachineDiskState[], name: string): string[] {
  const [, ...below] = disks.find((disk) => disk.name === name)?.chain ?? [];
  return below.map((file) => basename(file));
}

/** Its launcher has left its word that the guest did not get to run there. One that left none may have run it. */
function neverRan(target: Pod): boolean {
  const migration = lastWord(target)?.migration;
  return migration !== undefined && !/^(Done|PostCopy)$/.test(migration.phase);
}

/** Of the launcher that is gone. */
export function lastWord(pod: Pod): MachineTermination | undefined {
  if (!isLauncherGone(pod)) return undefined;
  try {
    return MachineTermination.parse(JSON.parse(launcherMessage(pod) ?? ''));
  } catch {
    return undefined;
  }
}

/**
 * Either side has said that the guest ran in the target, be it with its last word; or it went there before its memory, and
 * neither pod has it any more: the disks there are at least as new as the ones here.
 */
export function hasArrived({ vm, pods, target, machine, targetMachine }: Observed, id: string): boolean {
  const words = [
    ...[machine, targetMachine].map((side) => migrationIn(side, id)),
    ...[...pods, ...(target ? [target] : [])].map((pod) => lastWord(pod)?.migration),
  ];
  if (words.some((word) => word?.id === id && word.phase === 'Done')) return true;
  return vm.status?.migration?.phase === 'PostCopy' && !target && pods.every(isFinished);
}

const HANDED_OVER = /^(CutOver|PostCopy|Done)$/;

/**
 * The source has said that all was sent, and takes back nothing that its target has. One that ended without that word may
 * have gone on for a while, though everything had come to the target: a network can break at the last acknowledgement.
 */
export function hasHandedOver({ vm, pods, machine }: Observed, id: string): boolean {
  const said = [migrationIn(machine, id), ...pods.map((pod) => lastWord(pod)?.migration)];
  const words = said.filter((word) => word?.id === id).map((word) => word?.phase ?? '');
  const { migration } = vm.status ?? {};
  if (words.length === 0) return migration?.operation === id && HANDED_OVER.test(migration.phase);
  return words.every((phase) => HANDED_OVER.test(phase));
}
