import type { MachineNetwork } from '@hypersdk/api/machine';
import { type CommandArguments, CommandError, type QmpClient } from 'qemu-monitor';
import { ProblemError, TransientError } from '../problem.ts';
import { backendId, networkBackend, networkDevice, networkDeviceId } from './devices/network.ts';
import { deviceProperty, freeNetworkPlace, hasDevice } from './peripherals.ts';
import { podNetwork } from './pod-network.ts';
import { unlessRefused } from './refusable.ts';
import { removeDevice } from './remove-device.ts';

/** Gives a running q35 an interface on a network of QEMU's own. What a crashed attempt has left is made anew. */
export async function plugNetwork(
  network: MachineNetwork,
  hostname: string,
  client: QmpClient,
): Promise<void> {
  const { name } = network;
  if (await hasDevice(client, networkDeviceId(name))) return;
  const index = await freeNetworkPlace(client);
  if (index === undefined) {
    const message = `Network ${name}: the machine has no free place for another interface; restart the VM.`;
    throw new ProblemError({ reason: 'NoFreePlace', message, network: name });
  }
  await removeBackend(client, backendId(index));
  const pod = await podNetwork({ networks: [network] });
  // The same properties as in QEMU's arguments; QEMU checks them in both places.
  const backend = networkBackend(network, index, {
    hostname,
    pod,
  }) as unknown as CommandArguments<'netdev_add'>;
  try {
    await client.execute('netdev_add', backend);
    await client.execute('device_add', networkDevice('q35', network, index));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const message = `Network ${name} cannot be plugged in: ${error.desc}; it is tried again.`;
    throw new TransientError({ reason: 'PlugFailed', message, network: name }, { cause: error });
  }
}

/** Throws TransientError while the guest holds its interface. */
export async function unplugNetwork(network: string, client: QmpClient): Promise<void> {
  const id = networkDeviceId(network);
  if (!(await hasDevice(client, id))) return;
  const backend = await deviceProperty(client, id, 'netdev');
  await removeDevice(client, id, { what: `Network ${network}`, network });
  await removeBackend(client, backend);
}

const removeBackend = (client: QmpClient, id: string): Promise<void> =>
  unlessRefused(client.execute('netdev_del', { id }));
