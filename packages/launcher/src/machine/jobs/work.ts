/** Does one job to its end. */
import { attachmentName, type MachineDisk } from '@hypersdk/api/machine';
import { readCertificates } from '../../http/certificates.ts';
import { dropRunning } from '../../layers/drop-running.ts';
import { fetchDisk, isMoved } from '../../migration/fetch-disk.ts';
import { changeMedium } from '../../qemu/plug/change-medium.ts';
import { makeSeed } from '../../qemu/cloud-init.ts';
import { makeFirmwareState } from '../../qemu/firmware/firmware-state.ts';
import { flattenRunning } from '../../qemu/disks/flatten-running.ts';
import { isImageOnDevice } from '../../qemu/disks/image-on-device.ts';
import { growDisk, makeDisk } from '../../qemu/disks/make-disk.ts';
import type { RemoteDisk } from '../../qemu/nbd/remote-disk.ts';
import { plugDisk, unplugDisk } from '../../qemu/plug/plug-disk.ts';
import { plugNetwork, unplugNetwork } from '../../qemu/plug/plug-network.ts';
import { resizeDisk } from '../../qemu/disks/resize-disk.ts';
import { resizeMemory } from '../../qemu/size/resize-memory.ts';
import { resizeProcessors } from '../../qemu/size/resize-processors.ts';
import { resolveAcceleration } from './acceleration.ts';
import { isMigration, isMove, isRenewal, type Job } from '../plan/action.ts';
import { command } from '../execute/command.ts';
import { enlargeFileSystems } from './enlarge-file-systems.ts';
import type { JobContext } from './jobs.ts';
import type { Machine } from '../machine.ts';
import { runningNetworks } from '../record.ts';
import { renew } from '../execute/renew.ts';
import { workOnMemory } from './work-on-memory.ts';
import { hearFromSource, workOnMove } from './work-on-move.ts';

export async function work(machine: Machine, job: Job, context: JobContext): Promise<void> {
  if (isMigration(job)) return workOnMemory(machine, job, context.signal);
  if (isRenewal(job)) return renew(machine, job, context.signal);
  if (isMove(job)) return workOnMove(machine, job, context.signal);
  switch (job.type) {
    case 'make-disk':
      return make(machine, job.disk, context);
    case 'grow-disk':
      await growDisk(job.disk, context.signal);
      machine.disks.delete(job.disk.name);
      return;
    case 'block-resize':
      await command(machine, (client) => resizeDisk(client, job.disk));
      return;
    case 'grow-file-systems':
      return enlargeFileSystems(machine, job, context.signal);
    case 'plug-disk': {
      const { disk, machineType } = job;
      const { images } = machine.paths;
      const remote = await remoteDisk(machine, disk);
      await command(machine, (client) => plugDisk(disk, { ...context, client, machineType, images, remote }));
      return;
    }
    case 'plug-network':
      await plug(machine, job, context.signal);
      return;
    case 'resize-processors':
    case 'resize-memory':
      return resize(machine, job);
    case 'unplug-network':
    case 'unplug-disk':
      return unplug(machine, job, context.signal);
    case 'change-medium':
      return exchange(machine, job, context);
    case 'make-seed': {
      const { paths, files } = machine;
      const { cloudInit } = job;
      return makeSeed({ cloudInit, payload: paths.cloudInit, path: files.seed, signal: context.signal });
    }
    case 'make-firmware-state':
      return makeFirmwareState(job.firmware, machine.paths.uefi);
    case 'call-source':
      return hearFromSource(machine, job, context.signal);
    case 'resolve-acceleration': {
      const resolved = await resolveAcceleration(job.wanted, machine.files.directory, context.signal);
      machine.acceleration = { wanted: job.wanted, resolved };
      return;
    }
    case 'flatten-disk':
      await command(machine, (client) => flattenRunning(client, job.disk.name, context));
      return;
    case 'drop-layers':
      if (!(await command(machine, (client) => dropRunning(client, { ...job, ...context })))) return;
      machine.dropped = job.ids;
      return;
  }
}

async function make(machine: Machine, disk: MachineDisk, context: JobContext): Promise<void> {
  const { paths } = machine;
  if (isMoved(disk))
    await fetchDisk(disk, { ...context, certificates: await readCertificates(paths.config) });
  else await makeDisk(disk, { ...context, images: paths.images });
  if (isImageOnDevice(disk)) machine.onDevice.add(disk.name);
  machine.disks.delete(disk.name);
}

async function unplug(
  machine: Machine,
  { type, name }: Extract<Job, { type: 'unplug-network' | 'unplug-disk' }>,
  signal: AbortSignal,
): Promise<void> {
  await command(machine, (client) =>
    type === 'unplug-disk'
      ? unplugDisk(name, client)
      : unplugNetwork(name, { client, signal, ...networksOf(machine) }),
  );
}

/** In its place among the networks of the spec, where the target of a migration would have it. */
async function plug(
  machine: Machine,
  { network, hostname }: Extract<Job, { type: 'plug-network' }>,
  signal: AbortSignal,
): Promise<void> {
  const preferred = machine.spec.networks.findIndex(({ name }) => name === network.name);
  await command(machine, (client) =>
    plugNetwork(network, { hostname, preferred }, { client, signal, ...networksOf(machine) }),
  );
  machine.guest.lookAgain();
}

const networksOf = ({ record, files }: Machine) => ({ networks: runningNetworks(record), files });

async function resize(
  machine: Machine,
  job: Extract<Job, { type: 'resize-processors' | 'resize-memory' }>,
): Promise<void> {
  await command(machine, (client) =>
    job.type === 'resize-memory' ? resizeMemory(client, job.requested) : resizeProcessors(client, job.cpus),
  );
}

async function exchange(
  machine: Machine,
  { name, medium }: Extract<Job, { type: 'change-medium' }>,
  context: JobContext,
): Promise<void> {
  const { images } = machine.paths;
  const remote = medium && (await remoteDisk(machine, medium));
  await command(machine, (client) => changeMedium(name, medium, { ...context, client, images, remote }));
}

async function remoteDisk(
  { spec, relays, paths }: Machine,
  disk: MachineDisk,
): Promise<RemoteDisk | undefined> {
  const exportName = attachmentName(disk);
  const served = spec.attachments?.find((attachment) => attachment.disk === exportName);
  if (!served) return undefined;
  const certificates = await readCertificates(paths.config);
  const { server } = served;
  return { exportName, server, certificates, socket: relays.socket(exportName), directory: paths.runtime };
}
