import type { MachineDisk } from '@hypersdk/api/machine';
import type { CommandArguments, NamedBlockNode, QmpClient } from 'qemu-monitor';
import { ProblemError } from '../../problem.ts';
import { diskNodes } from '../disks/active-node.ts';
import { queryBlockGraph } from '../disks/block-graph.ts';
import type { MachineType } from '../devices/bus.ts';
import { blockNode, diskDevice, diskDeviceId } from '../devices/disk.ts';
import { withLastingName } from '../disks/lasting-name.ts';
import { refusable } from '../disks/refusable.ts';
import { forgetRemoteDisk, openRemoteDisk, type RemoteDisk } from '../nbd/remote-disk.ts';
import { freeDiskPlace, hasDevice } from './peripherals.ts';
import { preparedDisk } from '../disks/prepared-disk.ts';
import { removeDevice } from './remove-device.ts';
import type { Making } from '../disks/making.ts';

export interface Plugging extends Making {
  readonly client: QmpClient;
  readonly machineType: MachineType;
  /** Where it comes from when another pod serves it. */
  readonly remote: RemoteDisk | undefined;
}

/** Gives a running machine a disk. What a crashed attempt has done is taken as it is. */
export async function plugDisk(disk: MachineDisk, plugging: Plugging): Promise<void> {
  const { client } = plugging;
  if ((await nodesOf(client, disk.name)).length === 0) {
    if (plugging.remote) await openRemoteDisk(disk.name, plugging.remote, client);
    else await openDisk(disk, plugging);
  }
  if (await hasDevice(client, diskDeviceId(disk.name))) return;
  await addDevice(disk, plugging);
}

async function openDisk(disk: MachineDisk, plugging: Plugging): Promise<void> {
  const attached = await withLastingName(await preparedDisk(disk, plugging), disk);
  // The same properties as in QEMU's arguments; QEMU checks them in both places.
  const node = blockNode(attached) as unknown as CommandArguments<'blockdev-add'>;
  await refusable(disk.name, () => plugging.client.execute('blockdev-add', node));
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
  await forgetRemoteDisk(name, client);
}

async function nodesOf(client: QmpClient, disk: string): Promise<NamedBlockNode[]> {
  return diskNodes(await queryBlockGraph(client), disk);
}
