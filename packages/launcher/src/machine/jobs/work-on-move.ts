/** What takes a while of a migration. */
import type { MachineOutgoing, MachineProblem } from '@hypersdk/api/machine';
import { ConnectionClosedError, type QmpClient } from 'qemu-monitor';
import { readCertificates } from '../../http/certificates.ts';
import { callSource } from '../../migration/call-source.ts';
import { sayGoAhead } from '../../migration/go-ahead.ts';
import { askForRecovery } from '../../migration/recovery.ts';
import { messageOf, TransientError } from '../../problem.ts';
import { letGo, resumeSending, startPostCopy } from '../../qemu/migration/post-copy.ts';
import { prepareToSend, sendMemory, switchOver, tidyUp } from '../../qemu/migration/send.ts';
import type { Job, MoveJob } from '../plan/action.ts';
import { command } from '../execute/command.ts';
import type { Machine } from '../machine.ts';
import { recordMigration } from '../execute/migrate.ts';

export async function workOnMove(machine: Machine, job: MoveJob, signal: AbortSignal): Promise<void> {
  switch (job.type) {
    case 'send-guest':
      return sendGuest(machine, job.outgoing, signal);
    case 'switch-over': {
      const { paths } = machine;
      await command(machine, (client) => switchOver(client, { ...job, paths, signal }));
      return;
    }
    case 'hand-over':
      return handOverGuest(machine, job.outgoing, signal);
    case 'start-post-copy':
      await command(machine, (client) => startPostCopy(client, signal));
      return;
    case 'recover':
      return recoverGuest(machine, job.outgoing, signal);
    case 'end-migration':
      await command(machine, (client) => giveUp(machine, client, job.problem, signal));
      return;
  }
}

/** A migration that cannot be begun has failed: whoever asked for it may ask again. */
async function sendGuest(machine: Machine, outgoing: MachineOutgoing, signal: AbortSignal): Promise<void> {
  const { paths } = machine;
  await command(machine, async (client) => {
    try {
      await prepareToSend(client, { outgoing, paths, signal });
      signal.throwIfAborted();
      await recordMigration(machine, { state: 'sending' });
      await sendMemory(client, outgoing);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ConnectionClosedError) throw error;
      await giveUp(
        machine,
        client,
        { reason: 'MigrationFailed', message: `The guest stays: ${messageOf(error)}.` },
        signal,
      );
    }
  });
}

async function giveUp(
  machine: Machine,
  client: QmpClient,
  problem: MachineProblem,
  signal: AbortSignal,
): Promise<void> {
  await tidyUp(client, signal);
  await recordMigration(machine, { state: 'failed', problem });
}

/** A connection that breaks while memory follows its guest is made anew, for as long as both are there. */
async function recoverGuest(machine: Machine, outgoing: MachineOutgoing, signal: AbortSignal): Promise<void> {
  const certificates = await readCertificates(machine.paths.config);
  await command(machine, (client) => letGo(client, signal));
  if (!(await askForRecovery(outgoing, certificates, signal)))
    throw notYet('The target does not listen anew yet.');
  await command(machine, (client) => resumeSending(client, outgoing));
}

/** Until the target has answered it is asked again: what it has been told may have reached it. */
async function handOverGuest(
  machine: Machine,
  outgoing: MachineOutgoing,
  signal: AbortSignal,
): Promise<void> {
  const certificates = await readCertificates(machine.paths.config);
  const answer = await sayGoAhead(outgoing, certificates, signal);
  if (answer === 'later') throw notYet('The target has not taken the guest yet.');
  machine.handOver = { id: outgoing.id, answer };
}

/** The target's side: its call to the source is answered when the guest is here. */
export async function hearFromSource(
  machine: Machine,
  { incoming }: Extract<Job, { type: 'call-source' }>,
  signal: AbortSignal,
): Promise<void> {
  const certificates = await readCertificates(machine.paths.config);
  await callSource({ incoming, certificates, signal });
  machine.goAhead = incoming.id;
}

const notYet = (message: string): TransientError => new TransientError({ reason: 'TargetNotReady', message });
