/** The steps of a migration. What a launcher that comes after this one must know is on record before it is true. */
import type { MachineIncoming, MachineProblem } from '@hypersdk/api/machine';
import { goOn } from '../../qemu/migration/go-on.ts';
import { listenForGuest, stopServingDisks } from '../../qemu/migration/listen.ts';
import { resizeProcessors } from '../../qemu/size/resize-processors.ts';
import type { MigrationStep } from '../plan/action.ts';
import { command } from './command.ts';
import { type Machine, updateRecord } from '../machine.ts';
import type { MigrationRecord } from '../record.ts';

/** Milliseconds. */
const GO_ON_TIMEOUT = 5_000;

export async function migrate(machine: Machine, step: MigrationStep): Promise<void> {
  switch (step.type) {
    case 'begin':
      return recordMigration(machine, { id: step.outgoing.id, state: 'preparing', outgoing: step.outgoing });
    case 'cancel':
      await command(machine, (client) => client.execute('migrate_cancel'));
      return;
    case 'allow-downtime':
      await command(machine, (client) =>
        client.execute('migrate-set-parameters', { 'downtime-limit': step.milliseconds }),
      );
      return;
    case 'record-handed-over':
      await recordMigration(machine, { state: 'handed-over', downtimeMilliseconds: step.downtime });
      machine.targetLine.handOver(machine.record.migration?.id ?? '');
      return;
    case 'take-back':
      return takeBack(machine, step.problem);
    case 'listen':
      return awaitGuest(machine, step.incoming);
    case 'arrive':
      return arrive(machine, step.id);
    case 'run-ahead':
      return runAhead(machine, step.id);
    case 'record-arrived':
      return recordMigration(machine, { state: 'arrived' });
  }
}

/** Processors that came to the guest have to come to this machine, too: it starts with what that one started with. */
async function awaitGuest(machine: Machine, incoming: MachineIncoming): Promise<void> {
  const { room, cpus } = machine.record.launch?.spec ?? machine.spec;
  await command(machine, async (client) => {
    if (room) await resizeProcessors(client, cpus);
    machine.postCopy = await listenForGuest(client, incoming, machine.paths);
  });
}

/** The fields that are given, of the migration that is on record unless it is another. */
export async function recordMigration(
  machine: Machine,
  changes: Partial<MigrationRecord> & Pick<MigrationRecord, 'state'>,
): Promise<void> {
  const { record, log } = machine;
  const before = changes.id === undefined ? record.migration : undefined;
  const migration = { id: '', ...before, ...changes };
  await updateRecord(machine, { ...record, migration });
  log.info(
    { migration: migration.id, state: migration.state, reason: migration.problem?.message },
    'migration',
  );
}

/** The record comes last: until then the target is as it was, and asked for no more. */
async function takeBack(machine: Machine, problem: MachineProblem): Promise<void> {
  const isPaused = machine.spec.power === 'paused';
  const obeyed = await command(machine, async (client) => {
    if (!isPaused) await goOn(client, AbortSignal.timeout(GO_ON_TIMEOUT));
  });
  if (obeyed) await recordMigration(machine, { state: 'failed', problem });
}

/** As it arrives, but that it is not here before all of its memory is. Whatever becomes of it now, it has run here. */
async function runAhead(machine: Machine, id: string): Promise<void> {
  const isPaused = machine.spec.power === 'paused';
  await recordMigration(machine, { id, state: 'ahead' });
  await command(machine, async (client) => {
    await stopServingDisks(client);
    if (!isPaused) await goOn(client, AbortSignal.timeout(GO_ON_TIMEOUT));
  });
  if (isPaused) await updateRecord(machine, { ...machine.record, pausedSince: new Date().toISOString() });
}

/** The record comes first: whoever asks after this hears that the guest is here, or will be. */
async function arrive(machine: Machine, id: string): Promise<void> {
  const isPaused = machine.spec.power === 'paused';
  if (machine.record.migration?.state !== 'arriving')
    await recordMigration(machine, { id, state: 'arriving' });
  const obeyed = await command(machine, async (client) => {
    await stopServingDisks(client);
    if (!isPaused) await goOn(client, AbortSignal.timeout(GO_ON_TIMEOUT));
  });
  if (!obeyed) return;
  if (isPaused) await updateRecord(machine, { ...machine.record, pausedSince: new Date().toISOString() });
  await recordMigration(machine, { state: 'arrived' });
}
