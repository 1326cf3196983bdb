import {
  LAUNCHER_PORT,
  MachineTermination,
  MIGRATION_PORT,
  MIRROR_PORT,
  parseBandwidth,
  parseDuration,
  type MachineMigration,
  type MachineOutgoing,
} from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { MachineObservation, Observed } from '../../observed.ts';
import { isLauncherGone, launcherMessage } from '../../pod/end-of-pod.ts';
import { certificateName } from '../../pod/epoch.ts';
import { currentMigration, liveMigration } from './asked.ts';

/** Bytes a second where nothing is said: more than any network carries. */
const UNLIMITED = 2 ** 33;
/** Milliseconds. With QEMU's own 300 a quick network has the guest stand still for all of its memory. */
const DOWNTIME = 50;

/** What the launcher says of a migration of this id. */
export function migrationIn(machine: MachineObservation, id: string): MachineMigration | undefined {
  const migration = machine.type === 'state' ? machine.state.migration : undefined;
  return migration?.id === id ? migration : undefined;
}

/**
 * What the source is told: from when the target listens, and as long as the migration is wanted. A target that does not
 * answer for a while takes nothing back.
 */
export function outgoingOf(observed: Observed): MachineOutgoing | undefined {
  const { target, targetMachine, machine } = observed;
  const migration = currentMigration(observed);
  const operation = liveMigration(observed);
  if (!migration || !operation || !target?.status?.podIP) return undefined;
  const listens = migrationIn(targetMachine, migration.operation)?.phase === 'Listening';
  if (!listens && !migrationIn(machine, migration.operation)) return undefined;
  const { bandwidth, autoConverge, maxDowntime, parallel } = operation.spec.migrateSpec ?? {};
  return {
    id: migration.operation,
    ...{ memoryPort: MIGRATION_PORT, diskPort: MIRROR_PORT, launcherPort: LAUNCHER_PORT },
    mirrored: (migration.disks ?? []).map(({ name }) => name),
    streams: parallel ?? 1,
    host: target.status.podIP,
    target: certificateName(target),
    bandwidth: bandwidth === undefined ? UNLIMITED : parseBandwidth(bandwidth),
    downtime: maxDowntime === undefined ? DOWNTIME : Math.max(parseDuration(maxDowntime), 1),
    autoConverge: autoConverge ?? false,
    ...(neverRan(target) && { takeBack: true }),
  };
}

/** Its launcher has left its word that the guest did not get to run there. One that left none may have run it. */
export function neverRan(target: Pod): boolean {
  if (!isLauncherGone(target)) return false;
  try {
    const left = MachineTermination.parse(JSON.parse(launcherMessage(target) ?? ''));
    return left.migration !== undefined && left.migration.phase !== 'Done';
  } catch {
    return false;
  }
}
