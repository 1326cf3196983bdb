import type { MachineDiskState } from '@hypersdk/api/machine';
import type { CommandReturn, NamedBlockNode, QmpClient } from 'qemu-monitor';
import { nodeName } from './devices/disk.ts';
import { networkNames } from './peripherals.ts';

export interface QemuAnswer {
  /** QEMU's RunState. */
  readonly status: string;
  readonly version: string;
  /** Names of the networks that the guest has. */
  readonly networks: readonly string[];
  readonly disks: readonly MachineDiskState[];
  /** Disks that QEMU has opened and the guest does not have: on their way in or out. */
  readonly detached: readonly MachineDiskState[];
  readonly failedDisk?: FailedDisk | undefined;
}

export interface FailedDisk {
  readonly name: string;
  readonly noSpace: boolean;
}

/** What the running QEMU says of itself and of those of `disks` that it has. */
export async function queryQemu(client: QmpClient, disks: readonly string[]): Promise<QemuAnswer> {
  const [{ status }, nodes, devices, networks] = await Promise.all([
    client.execute('query-status'),
    client.execute('query-named-block-nodes'),
    client.execute('query-block'),
    networkNames(client),
  ]);
  const { major, minor, micro } = client.greeting.version.qemu;
  const found = disks.flatMap((name) => {
    const node = nodes.find((candidate) => candidate['node-name'] === nodeName(name));
    return node ? [{ name, node, device: deviceOf(devices, name) }] : [];
  });
  return {
    status,
    ...(status === 'io-error' && { failedDisk: failedDisk(devices, disks) }),
    version: `${major}.${minor}.${micro}`,
    networks,
    disks: found.filter(({ device }) => device).map(diskState),
    detached: found.filter(({ device }) => !device).map(diskState),
  };
}

type Devices = CommandReturn<'query-block'>;

function deviceOf(devices: Devices, disk: string): Devices[number] | undefined {
  return devices.find(({ inserted }) => inserted?.['node-name'] === nodeName(disk));
}

/** QEMU keeps a device's I/O status until the guest goes on, so it may be asked at any time. */
function failedDisk(devices: Devices, disks: readonly string[]): FailedDisk | undefined {
  return disks.flatMap((name) => {
    const status = deviceOf(devices, name)?.['io-status'] ?? 'ok';
    return status === 'ok' ? [] : [{ name, noSpace: status === 'nospace' }];
  })[0];
}

type Image = NamedBlockNode['image'];

function diskState({
  name,
  node,
}: {
  readonly name: string;
  readonly node: NamedBlockNode;
}): MachineDiskState {
  const { drv, image } = node;
  return {
    name,
    format: drv === 'qcow2' ? 'qcow2' : 'raw',
    virtualSize: Number(image['virtual-size']),
    actualSize: Number(image['actual-size'] ?? 0),
    chain: chainOf(image),
  };
}

function chainOf(image: Image): string[] {
  const backing = image['backing-image'];
  return [image.filename, ...(backing ? chainOf(backing) : [])];
}
