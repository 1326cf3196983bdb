import type { MachineDisk } from '@hypersdk/api/machine';
import { type CommandArguments, CommandError, type QmpClient, TimeoutError } from 'qemu-monitor';
import { ProblemError, TransientError } from '../problem.ts';
import type { MachineType } from './devices/bus.ts';
import { type AttachedDisk, blockNode, diskDevice, diskDeviceId, nodeName } from './devices/disk.ts';
import { observeDisk, type ReadyDisk } from './disk.ts';
import { diskFailure } from './image-failure.ts';
import { growDisk, makeDisk, type Making } from './make-disk.ts';
import { freeDiskPlace, hasDevice } from './peripherals.ts';

/** Milliseconds. A guest that has booted lets a disk go within one or two seconds. */
const UNPLUG_TIMEOUT = 15_000;

export interface Plugging extends Making {
  readonly client: QmpClient;
  readonly machineType: MachineType;
  /** Where golden images lie. */
  readonly images: string;
}

/** Gives a running machine a disk. What a crashed attempt has done is taken as it is. */
export async function plugDisk(disk: MachineDisk, plugging: Plugging): Promise<void> {
  const { client } = plugging;
  if (!(await hasNode(client, disk.name))) {
    const attached = attachedDisk(disk, await preparedDisk(disk, plugging));
    // The same properties as in QEMU's arguments; QEMU checks them in both places.
    const node = blockNode(attached) as unknown as CommandArguments<'blockdev-add'>;
    await refusable(disk.name, () => client.execute('blockdev-add', node));
  }
  if (await hasDevice(client, diskDeviceId(disk.name))) return;
  await addDevice(disk, plugging);
}

async function addDevice({ name }: MachineDisk, { client, machineType }: Plugging): Promise<void> {
  const place = await freeDiskPlace(client, machineType);
  if (!place) {
    const message = `Disk ${name}: the machine has no free place for another disk; restart the VM.`;
    throw new ProblemError({ reason: 'NoFreePlace', message, disk: name });
  }
  await refusable(name, () => client.execute('device_add', diskDevice(machineType, { name }, place)));
}

/** Takes a disk from a running machine; its data stay where they are. Throws TransientError while the guest holds it. */
export async function unplugDisk(name: string, client: QmpClient): Promise<void> {
  const id = diskDeviceId(name);
  if (await hasDevice(client, id)) await removeDevice(name, id, client);
  if (await hasNode(client, name)) {
    await refusable(name, () => client.execute('blockdev-del', { 'node-name': nodeName(name) }));
  }
}

async function removeDevice(name: string, id: string, client: QmpClient): Promise<void> {
  const since = client.mark();
  try {
    await client.execute('device_del', { id });
  } catch (error) {
    // It may be on its way out already; whether it is gone is seen below.
    if (!(error instanceof CommandError)) throw error;
  }
  try {
    const { event } = await client.waitForEvent(['DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR'], {
      ...{ since, timeout: UNPLUG_TIMEOUT },
      where: ({ data }) => data.device === id,
    });
    if (event === 'DEVICE_UNPLUG_GUEST_ERROR') throw held(name, 'the guest refuses');
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    if (await hasDevice(client, id)) throw held(name, 'the guest has not let it go');
  }
}

function held(disk: string, what: string): TransientError {
  const message = `Disk ${disk} cannot be taken off: ${what}. It is tried again; a guest that is off, stands still or boots cannot answer.`;
  return new TransientError({ reason: 'UnplugRefused', message, disk });
}

async function preparedDisk(disk: MachineDisk, plugging: Plugging): Promise<ReadyDisk> {
  const { images, signal } = plugging;
  const found = await observeDisk(disk, images, signal);
  if (found.state === 'missing') await makeDisk(disk, plugging);
  else if (disk.volume.type === 'filesystem' && found.virtualSize < disk.size) await growDisk(disk, signal);
  else return found;
  const made = await observeDisk(disk, images, signal);
  if (made.state === 'ready') return made;
  throw new Error(`disk ${disk.name} was made and is not there`);
}

function attachedDisk({ name, device }: MachineDisk, { layers, directIo }: ReadyDisk): AttachedDisk {
  return { name, device, layers, directIo };
}

async function hasNode(client: QmpClient, disk: string): Promise<boolean> {
  const nodes = await client.execute('query-named-block-nodes', { flat: true });
  return nodes.some((node) => node['node-name'] === nodeName(disk));
}

async function refusable(disk: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof CommandError ? diskFailure(disk, error) : error;
  }
}
