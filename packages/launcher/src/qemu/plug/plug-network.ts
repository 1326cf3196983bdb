import type { MachineNetwork } from '@hypersdk/api/machine';
import { type CommandArguments, CommandError, type QmpClient } from 'qemu-monitor';
import { ProblemError, TransientError } from '../../problem.ts';
import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { backendId, networkBackend, networkDeviceId, networkInterface, placeOf } from '../devices/network.ts';
import { tapName } from '../devices/tap-name.ts';
import { tapReady, tellNetworkContainer, type PlacedNetwork } from '../network/network-container.ts';
import { deviceProperty, freeNetworkPlace, hasDevice } from './peripherals.ts';
import { podNetworkBehind } from '../network/pod-network.ts';
import { unlessRefused } from '../disks/refusable.ts';
import { removeDevice } from './remove-device.ts';

export interface NetworkPlugging {
  readonly client: QmpClient;
  /** All that the machine has, or had, its main one first. */
  readonly networks: readonly MachineNetwork[];
  readonly files: RuntimeFiles;
  readonly signal: AbortSignal;
}

/** Gives a running q35 an interface, in the place of that number where it is free. What a crashed attempt has left is made anew. */
export async function plugNetwork(
  network: MachineNetwork,
  { hostname, preferred }: { readonly hostname: string; readonly preferred: number },
  plugging: NetworkPlugging,
): Promise<void> {
  const { client, files, signal } = plugging;
  const { name } = network;
  if (await hasDevice(client, networkDeviceId(name))) return;
  const index = await freeNetworkPlace(client, preferred);
  if (index === undefined) {
    const message = `Network ${name}: the machine has no free place for another interface; restart the VM.`;
    throw new ProblemError({ reason: 'NoFreePlace', message, network: name });
  }
  await removeBackend(client, backendId(index));
  const placed = { ...network, place: index };
  const others = (await placedNetworks(plugging)).filter((other) => other.name !== name);
  await tellNetworkContainer([...others, placed], files);
  if (network.binding === 'masquerade') await tapReady(placed, signal);
  const pod = await podNetworkBehind(network.binding === 'masquerade' ? tapName(index) : undefined);
  const backend = networkBackend(network, index, { hostname, pod });
  const device = networkInterface('q35', network, index, pod);
  try {
    // The same properties as in QEMU's arguments; QEMU checks them in both places.
    await client.execute('netdev_add', backend as unknown as CommandArguments<'netdev_add'>);
    await client.execute('device_add', device);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const message = `Network ${name} cannot be plugged in: ${error.desc}; it is tried again.`;
    throw new TransientError({ reason: 'PlugFailed', message, network: name }, { cause: error });
  }
}

/** Throws TransientError while the guest holds its interface. */
export async function unplugNetwork(network: string, plugging: NetworkPlugging): Promise<void> {
  const { client, files } = plugging;
  const id = networkDeviceId(network);
  if (!(await hasDevice(client, id))) return;
  const backend = await deviceProperty(client, id, 'netdev');
  await removeDevice(client, id, { what: `Network ${network}`, network });
  await removeBackend(client, backend);
  await tellNetworkContainer(await placedNetworks(plugging), files);
}

/** Those that the guest has now. */
async function placedNetworks({ client, networks }: NetworkPlugging): Promise<PlacedNetwork[]> {
  const placed = await Promise.all(
    networks.map(async (network): Promise<PlacedNetwork[]> => {
      const id = networkDeviceId(network.name);
      if (!(await hasDevice(client, id))) return [];
      return [{ ...network, place: placeOf(await deviceProperty(client, id, 'netdev')) }];
    }),
  );
  return placed.flat();
}

const removeBackend = (client: QmpClient, id: string): Promise<void> =>
  unlessRefused(client.execute('netdev_del', { id }));
