import type { MachineDisk } from '@hypersdk/api/machine';
import { type CommandArguments, CommandError, type NamedBlockNode, type QmpClient } from 'qemu-monitor';
import { ProblemError } from '../problem.ts';
import { diskNodes } from './active-node.ts';
import type { MachineType } from './devices/bus.ts';
import { type AttachedDisk, blockNode, diskDevice, diskDeviceId } from './devices/disk.ts';
import { observeDisk, type ReadyDisk } from './disk.ts';
import { diskFailure } from './image-failure.ts';
import { withLastingName } from './lasting-name.ts';
import { growDisk, makeDisk, type Making } from './make-disk.ts';
import { freeDiskPlace, hasDevice } from './peripherals.ts';
import { removeDevice } from './remove-device.ts';

export interface Plugging extends Making {
  readonly client: QmpClient;
  readonly machineType: MachineType;
  /** Where golden images lie. */
  readonly images: string;
}

/** Gives a running machine a disk. What a crashed attempt has done is taken as it is. */
export async function plugDisk(disk: MachineDisk, plugging: Plugging): Promise<void> {
  const { client } = plugging;
  if ((await nodesOf(client, disk.name)).length === 0) {
    const attached = await withLastingName(attachedDisk(disk, await preparedDisk(disk, plugging)), disk);
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
  await removeDevice(client, id, { what: `Disk ${name}`, disk: name });
  for (const { 'node-name': node = '' } of await nodesOf(client, name)) {
    await refusable(name, () => client.execute('blockdev-del', { 'node-name': node }));
  }
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

async function nodesOf(client: QmpClient, disk: string): Promise<NamedBlockNode[]> {
  return diskNodes(await client.execute('query-named-block-nodes'), disk);
}

async function refusable(disk: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof CommandError ? diskFailure(disk, error) : error;
  }
}
