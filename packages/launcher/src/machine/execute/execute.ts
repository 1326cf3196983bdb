import { cancelFlatten } from '../../qemu/disks/flatten-running.ts';
import { handOver } from '../../qemu/process/process.ts';
import { type Action, diskJob, isJob, type Job, MIGRATION_JOB } from '../plan/action.ts';
import { command } from './command.ts';
import { migrate } from './migrate.ts';
import {
  recordEnlarged,
  recordExit,
  recordGrowth,
  recordNetwork,
  recordPlugged,
  recordReboots,
} from './keep-record.ts';
import { launch } from './launch.ts';
import { type Machine, updateRecord } from '../machine.ts';
import { work } from '../jobs/work.ts';

/** Does one step of the plan. Jobs are only begun here; `machine.jobs` follows them. */
export async function execute(machine: Machine, action: Action): Promise<void> {
  const { record, files } = machine;
  if (isJob(action)) return begin(machine, action);
  switch (action.type) {
    case 'launch':
      return launch(machine, action);
    case 'decline':
      machine.jobs.abort();
      return handOver(files, { qemu: [] });
    case 'begin-powerdown':
      return updateRecord(machine, { ...record, powerdownSince: new Date().toISOString() });
    case 'cancel-powerdown':
      return updateRecord(machine, { ...record, powerdownSince: undefined });
    case 'system-powerdown':
      machine.lastNudge = new Date();
      await command(machine, async (client) => {
        if (action.resume) await client.execute('cont');
        await client.execute('system_powerdown');
      });
      return;
    case 'pause':
      await updateRecord(machine, { ...record, pausedSince: new Date().toISOString() });
      await command(machine, (client) => client.execute('stop'));
      return;
    case 'resume':
      if (!(await command(machine, (client) => client.execute('cont')))) return;
      return updateRecord(machine, { ...record, pausedSince: undefined });
    case 'go-on':
      machine.lastGoOn = action.lastGoOn;
      await command(machine, (client) => client.execute('cont'));
      return;
    case 'request':
      return carryOut(machine, action);
    case 'cancel-flatten':
      machine.jobs.end(diskJob(action.name));
      await command(machine, (client) => cancelFlatten(client, action.name));
      return;
    case 'cancel-suspension':
      // The job sees it, and ends; where all is written already, QEMU does nothing.
      await command(machine, (client) => client.execute('migrate_cancel'));
      return;
    case 'migrate':
      return migrate(machine, action.step);
    case 'record-freeze':
      return updateRecord(machine, { ...record, lastRequest: action.freeze.id, lastFreeze: action.freeze });
    case 'record-reboots':
      return recordReboots(machine, action);
    case 'record-enlarged':
      return recordEnlarged(machine, action);
    case 'quit':
      await recordExit(machine, action);
      await command(machine, (client) => client.execute('quit'));
      return;
    case 'record-exit':
      return recordExit(machine, action);
  }
}

async function begin(machine: Machine, job: Job): Promise<void> {
  // What is still being prepared is not wanted any more.
  if (job.type === 'end-migration') machine.jobs.end(MIGRATION_JOB);
  if (job.type === 'block-resize') await recordGrowth(machine, job.disk);
  if (job.type === 'plug-disk') await recordPlugged(machine, job.disk.name);
  if (job.type === 'plug-network') await recordNetwork(machine, job.network);
  machine.jobs.start(job, (started, context) => work(machine, started, context));
}

/** On record only once QEMU has obeyed: a launcher that dies in between does it again rather than never. */
async function carryOut(
  machine: Machine,
  { request, resume }: Extract<Action, { type: 'request' }>,
): Promise<void> {
  const obeyed = await command(machine, async (client) => {
    if (request.type === 'reset') await client.execute('system_reset');
    if (resume) await client.execute('cont');
  });
  if (!obeyed) return;
  const pausedSince = resume ? undefined : machine.record.pausedSince;
  await updateRecord(machine, { ...machine.record, pausedSince, lastRequest: request.id });
}
