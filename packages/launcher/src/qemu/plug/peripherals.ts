import type { QmpClient } from 'qemu-monitor';
import { placesOf, type MachineType } from '../devices/bus.ts';
import { diskDeviceId } from '../devices/disk.ts';
import { networkDeviceId } from '../devices/network.ts';

const PERIPHERAL = '/machine/peripheral';

/** Whether the machine has a device of this id. */
export async function hasDevice(client: QmpClient, id: string): Promise<boolean> {
  return (await deviceIds(client)).includes(id);
}

/** The first place for a disk that no device takes, or undefined when all are taken. */
export async function freeDiskPlace(
  client: QmpClient,
  type: MachineType,
): Promise<Record<string, unknown> | undefined> {
  // Slots of pci.0 are QEMU's to give.
  if (type !== 'q35') return { bus: 'pci.0' };
  const taken = new Set(await takenBuses(client, diskDeviceId('')));
  const free = placesOf('disk').find((bus) => !taken.has(bus));
  return free === undefined ? undefined : { bus: free };
}

/** Of a q35: that one, or the first where it is taken; undefined when all are. */
export async function freeNetworkPlace(client: QmpClient, preferred: number): Promise<number | undefined> {
  const taken = new Set(await takenBuses(client, networkDeviceId('')));
  const free = placesOf('network').flatMap((bus, index) => (taken.has(bus) ? [] : [index]));
  return free.includes(preferred) ? preferred : free[0];
}

export async function networkNames(client: QmpClient): Promise<string[]> {
  const prefix = networkDeviceId('');
  const ids = await deviceIds(client);
  return ids.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
}

export async function deviceProperty(client: QmpClient, id: string, property: string): Promise<string> {
  return String(await client.execute('qom-get', { path: `${PERIPHERAL}/${id}`, property }));
}

async function takenBuses(client: QmpClient, prefix: string): Promise<string[]> {
  const ids = (await deviceIds(client)).filter((id) => id.startsWith(prefix));
  return Promise.all(
    ids.map(async (id) => {
      const bus = await deviceProperty(client, id, 'parent_bus');
      return bus.split('/').at(-1) ?? '';
    }),
  );
}

async function deviceIds(client: QmpClient): Promise<string[]> {
  return (await client.execute('qom-list', { path: PERIPHERAL })).map(({ name }) => name);
}
