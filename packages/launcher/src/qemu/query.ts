import type { MachineDisk, MachineDiskState } from '@hypersdk/api/machine';
import type { CommandReturn, NamedBlockNode, QmpClient } from 'qemu-monitor';
import { nodeName } from './devices/disk.ts';
import { diskFormat } from './disk.ts';

export interface QemuAnswer {
  /** QEMU's RunState. */
  readonly status: string;
  readonly version: string;
  readonly disks: readonly MachineDiskState[];
  readonly failedDisk?: FailedDisk | undefined;
}

export interface FailedDisk {
  readonly name: string;
  readonly noSpace: boolean;
}

/** What the running QEMU says of itself and of those of `disks` that it has. */
export async function queryQemu(client: QmpClient, disks: readonly MachineDisk[]): Promise<QemuAnswer> {
  const [{ status }, nodes] = await Promise.all([
    client.execute('query-status'),
    client.execute('query-named-block-nodes'),
  ]);
  const { major, minor, micro } = client.greeting.version.qemu;
  return {
    status,
    ...(status === 'io-error' && { failedDisk: failedDisk(await client.execute('query-block'), disks) }),
    version: `${major}.${minor}.${micro}`,
    disks: disks.flatMap((disk) => {
      const node = nodes.find((candidate) => candidate['node-name'] === nodeName(disk.name));
      return node ? [diskState(disk, node.image)] : [];
    }),
  };
}

/** QEMU keeps a device's I/O status until the guest goes on, so it may be asked at any time. */
function failedDisk(
  devices: CommandReturn<'query-block'>,
  disks: readonly MachineDisk[],
): FailedDisk | undefined {
  return disks.flatMap(({ name }) => {
    const device = devices.find(({ inserted }) => inserted?.['node-name'] === nodeName(name));
    const status = device?.['io-status'] ?? 'ok';
    return status === 'ok' ? [] : [{ name, noSpace: status === 'nospace' }];
  })[0];
}

type Image = NamedBlockNode['image'];

function diskState(disk: MachineDisk, image: Image): MachineDiskState {
  return {
    name: disk.name,
    format: diskFormat(disk),
    virtualSize: Number(image['virtual-size']),
    actualSize: Number(image['actual-size'] ?? 0),
    chain: chainOf(image),
  };
}

function chainOf(image: Image): string[] {
  const backing = image['backing-image'];
  return [image.filename, ...(backing ? chainOf(backing) : [])];
}
