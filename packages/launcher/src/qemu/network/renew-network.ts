import type { MachineNetwork } from '@hypersdk/api/machine';
import { CommandError, type QmpClient } from 'qemu-monitor';
import { TransientError } from '../../problem.ts';
import type { MachineType } from '../devices/bus.ts';
import { networkDeviceId, networkInterface } from '../devices/network.ts';
import { hasDevice } from '../plug/peripherals.ts';
import type { PodNetwork } from './pod-network.ts';
import { removeDevice } from '../plug/remove-device.ts';

export interface NetworkRenewal {
  readonly network: MachineNetwork;
  /** Its place among the machine's networks. */
  readonly index: number;
  readonly formerMac: string;
  readonly machineType: MachineType;
  readonly pod: PodNetwork;
}

/**
 * Takes an interface with another machine's MAC address from the guest and gives it one with its own, in the same place
 * and on the same network. A guest that has chosen an address itself keeps it.
 */
export async function renewNetwork(client: QmpClient, renewal: NetworkRenewal): Promise<void> {
  const { network, index, formerMac, machineType, pod } = renewal;
  const { name } = network;
  const id = networkDeviceId(name);
  if (await hasDevice(client, id)) {
    // What the guest knows came with its memory; the device's own property is what QEMU was started with.
    const [filter] = await client.execute('query-rx-filter', { name: id });
    if (filter?.['main-mac'] !== formerMac) return;
    await removeDevice(client, id, { what: `Network ${name}`, network: name });
  }
  try {
    await client.execute('device_add', networkInterface(machineType, network, index, pod));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const message = `Network ${name} cannot be given its MAC address: ${error.desc}; it is tried again.`;
    throw new TransientError({ reason: 'PlugFailed', message, network: name }, { cause: error });
  }
}
