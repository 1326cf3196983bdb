import {
  layerId,
  type MachineDisk,
  type MachineExit,
  type MachineNetwork,
  type MachineSpec,
  type Quiesced,
} from '@hypersdk/api/machine';
import { ConnectionClosedError, type QmpClient } from 'qemu-monitor';
import { readCertificates } from '../certificates.ts';
import { growFileSystems } from '../guest-agent/grow-file-systems.ts';
import { messageOf } from '../problem.ts';
import { qemuArguments } from '../qemu/arguments.ts';
import { changeMedium } from '../qemu/change-medium.ts';
import { makeSeed } from '../qemu/cloud-init.ts';
import { makeFirmwareState, tpmState, uefiFiles } from '../qemu/firmware-state.ts';
import { type AttachedDisk, serialOf } from '../qemu/devices/disk.ts';
import { cancelFlatten, flattenRunning } from '../qemu/flatten-running.ts';
import { freezeRunning } from '../qemu/freeze-running.ts';
import { withLastingName } from '../qemu/lasting-name.ts';
import { dropRunning } from '../layers/drop-running.ts';
import { growDisk, makeDisk } from '../qemu/make-disk.ts';
import type { RemoteDisk } from '../qemu/nbd/remote-disk.ts';
import { podNetwork } from '../qemu/pod-network.ts';
import { plugDisk, unplugDisk } from '../qemu/plug-disk.ts';
import { plugNetwork, unplugNetwork } from '../qemu/plug-network.ts';
import { resizeDisk } from '../qemu/resize-disk.ts';
import { handOver } from '../qemu/process.ts';
import { swtpmArguments } from '../qemu/swtpm.ts';
import { resolveAcceleration } from './acceleration.ts';
import { type Action, diskJob, isJob, type Job } from './action.ts';
import type { JobContext } from './jobs.ts';
import { type Machine, updateRecord } from './machine.ts';

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
    case 'record-freeze':
      return updateRecord(machine, { ...record, lastRequest: action.freeze.id, lastFreeze: action.freeze });
    case 'record-reboots':
      return recordReboots(machine, action);
    case 'quit':
      await recordExit(machine, action);
      await command(machine, (client) => client.execute('quit'));
      return;
    case 'record-exit':
      return recordExit(machine, action);
  }
}

async function begin(machine: Machine, job: Job): Promise<void> {
  if (job.type === 'plug-disk') await recordPlugged(machine, job.disk.name);
  if (job.type === 'plug-network') await recordNetwork(machine, job.network);
  machine.jobs.start(job, (started, context) => work(machine, started, context));
}

async function work(machine: Machine, job: Job, context: JobContext): Promise<void> {
  switch (job.type) {
    case 'make-disk':
      await makeDisk(job.disk, context);
      machine.disks.delete(job.disk.name);
      return;
    case 'grow-disk':
      await growDisk(job.disk, context.signal);
      machine.disks.delete(job.disk.name);
      return;
    case 'block-resize':
      if (!(await command(machine, (client) => resizeDisk(client, job.disk)))) return;
      return tellGuest(machine, job.disk, context.signal);
    case 'plug-disk': {
      const { disk, machineType } = job;
      const { images } = machine.paths;
      const remote = await remoteDisk(machine, disk.name);
      await command(machine, (client) => plugDisk(disk, { ...context, client, machineType, images, remote }));
      return;
    }
    case 'plug-network':
      await command(machine, (client) => plugNetwork(job.network, job.hostname, client));
      return;
    case 'unplug-network':
      await command(machine, (client) => unplugNetwork(job.name, client));
      return;
    case 'unplug-disk':
      await command(machine, (client) => unplugDisk(job.name, client));
      return;
    case 'change-medium': {
      const { name, medium } = job;
      const { images } = machine.paths;
      await command(machine, (client) => changeMedium(name, medium, { ...context, client, images }));
      return;
    }
    case 'make-seed': {
      const { paths, files } = machine;
      const { cloudInit } = job;
      return makeSeed({ cloudInit, payload: paths.cloudInit, path: files.seed, signal: context.signal });
    }
    case 'make-firmware-state':
      return makeFirmwareState(job.firmware, machine.paths.uefi);
    case 'resolve-acceleration': {
      const resolved = await resolveAcceleration(job.wanted, machine.files.directory, context.signal);
      machine.acceleration = { wanted: job.wanted, resolved };
      return;
    }
    case 'flatten-disk':
      await command(machine, (client) => flattenRunning(client, job.disk.name, context));
      return;
    case 'freeze-disks':
      return freeze(machine, job, context.signal);
    case 'drop-layers':
      if (!(await command(machine, (client) => dropRunning(client, { ...job, ...context })))) return;
      machine.dropped = job.ids;
      return;
  }
}

async function remoteDisk({ spec, relays, paths }: Machine, disk: string): Promise<RemoteDisk | undefined> {
  const served = spec.attachments?.find((attachment) => attachment.disk === disk);
  if (!served) return undefined;
  const certificates = await readCertificates(paths.config);
  return { socket: relays.socket(disk), server: served.server, certificates, directory: paths.runtime };
}

/** The disk has grown, whatever becomes of the guest's file systems: where no agent helps, the guest's owner does. */
async function tellGuest(
  { guest, spec, log }: Machine,
  disk: MachineDisk,
  signal: AbortSignal,
): Promise<void> {
  const { agent } = guest;
  if (!agent || !spec.guestAgent?.growFileSystems) return;
  try {
    await growFileSystems(agent, { serial: serialOf(disk.name), size: disk.size }, signal);
    log.info({ disk: disk.name }, 'the guest has enlarged its file systems');
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ disk: disk.name, reason: messageOf(error) }, 'the guest has not enlarged its file systems');
  }
}

type Launch = Extract<Action, { type: 'launch' }>;

async function launch(machine: Machine, { acceleration, disks }: Launch): Promise<void> {
  const { spec, paths, files, log } = machine;
  const { firmware } = spec;
  await updateRecord(machine, { ...machine.record, launch: { spec, acceleration } });
  const uefi = firmware?.bootloader === 'uefi' ? uefiFiles(firmware, paths.uefi) : undefined;
  const accelerator = acceleration.type;
  const named = await Promise.all(disks.map((disk) => lastinglyNamed(disk, spec)));
  const input = { spec, accelerator, disks: named, files, uefi, podNetwork: await podNetwork(spec) };
  await handOver(files, {
    qemu: qemuArguments(input),
    ...(firmware?.tpm && { tpm: swtpmArguments(tpmState(firmware), files) }),
  });
  log.info({ uptime: Math.round(performance.now()), acceleration: acceleration.type }, 'QEMU may start');
}

function lastinglyNamed(attached: AttachedDisk, { disks }: MachineSpec): Promise<AttachedDisk> {
  const disk = disks.find(({ name }) => name === attached.name);
  if (!disk) throw new Error(`disk ${attached.name} is not in the spec`);
  return withLastingName(attached, disk);
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

/** The loop puts it on record when it sees that it is done. */
async function freeze(
  machine: Machine,
  { id, disks, isQuiesced }: Extract<Job, { type: 'freeze-disks' }>,
  signal: AbortSignal,
): Promise<void> {
  let quiesced: Quiesced = { value: false, reason: 'it was not asked for, or the guest stood still' };
  const quiesce = async (instant: () => Promise<void>): Promise<void> => {
    if (isQuiesced) quiesced = await machine.guest.quiesce(instant);
    else await instant();
  };
  const bounds = AbortSignal.any([signal, AbortSignal.timeout(FREEZE_TIMEOUT)]);
  await command(machine, async (client) => {
    const instant = await freezeRunning(client, { disks, id: layerId(id), quiesce, signal: bounds });
    machine.frozen = { id, quiesced, ...instant };
  });
}
/** Milliseconds. It takes as long as making a file a disk. */
const FREEZE_TIMEOUT = 60_000;

/** Before QEMU has it: whatever of it a crash leaves must be found again. */
async function recordPlugged(machine: Machine, disk: string): Promise<void> {
  const { plugged = [] } = machine.record;
  if (plugged.includes(disk)) return;
  await updateRecord(machine, { ...machine.record, plugged: [...plugged, disk] });
}

async function recordNetwork(machine: Machine, network: MachineNetwork): Promise<void> {
  const others = (machine.record.pluggedNetworks ?? []).filter(({ name }) => name !== network.name);
  const pluggedNetworks = [...others, network];
  if (JSON.stringify(pluggedNetworks) === JSON.stringify(machine.record.pluggedNetworks)) return;
  await updateRecord(machine, { ...machine.record, pluggedNetworks });
}

async function recordReboots(
  machine: Machine,
  { count, lastTime }: Extract<Action, { type: 'record-reboots' }>,
): Promise<void> {
  const { newReboots, record } = machine;
  const reboots = { count: (record.reboots?.count ?? 0) + count, lastTime };
  await updateRecord(machine, { ...record, reboots });
  // One more may have come in the meantime.
  const left = (newReboots?.count ?? 0) - count;
  machine.newReboots = left > 0 && newReboots ? { ...newReboots, count: left } : undefined;
}

async function recordExit(machine: Machine, exit: Omit<MachineExit, 'time'>): Promise<void> {
  if (machine.record.exit) return;
  const { reason, message } = exit;
  const time = new Date().toISOString();
  await updateRecord(machine, { ...machine.record, exit: { reason, time, ...(message && { message }) } });
  machine.log.info({ reason, message }, 'machine ends');
}

/** Whether QEMU obeyed. One that is gone, or not found yet, needs no command: the next look at it says so. */
async function command(machine: Machine, send: (client: QmpClient) => Promise<unknown>): Promise<boolean> {
  const link = machine.link.state;
  if (link.state !== 'connected') return false;
  try {
    await send(link.client);
    return true;
  } catch (error) {
    if (error instanceof ConnectionClosedError) return false;
    throw error;
  }
}
