import type { MachineDiskState } from '@hypersdk/api/machine';
import type { NamedBlockNode, QmpClient } from 'qemu-monitor';
import { activeNode, type BlockGraph, deviceOf, queryBlockGraph } from './active-node.ts';
import { diskChain } from './disk-chain.ts';
import { networkNames } from './peripherals.ts';
import { qemuVersion } from './version.ts';

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
  const [{ status }, graph, networks] = await Promise.all([
    client.execute('query-status'),
    queryBlockGraph(client),
    networkNames(client),
  ]);
  const found = disks.flatMap((name) => {
    const node = activeNode(graph, name);
    return node ? [{ state: diskState(graph, name, node), device: deviceOf(graph, name) }] : [];
  });
  return {
    status,
    ...(status === 'io-error' && { failedDisk: failedDisk(graph, disks) }),
    version: qemuVersion(client),
    networks,
    disks: found.filter(({ device }) => device).map(({ state }) => state),
    detached: found.filter(({ device }) => !device).map(({ state }) => state),
  };
}

/** QEMU keeps a device's I/O status until the guest goes on, so it may be asked at any time. */
function failedDisk(graph: BlockGraph, disks: readonly string[]): FailedDisk | undefined {
  return disks.flatMap((name) => {
    const status = deviceOf(graph, name)?.['io-status'] ?? 'ok';
    return status === 'ok' ? [] : [{ name, noSpace: status === 'nospace' }];
  })[0];
}

function diskState(graph: BlockGraph, name: string, { drv, image }: NamedBlockNode): MachineDiskState {
  return {
    name,
    format: drv === 'qcow2' ? 'qcow2' : 'raw',
    virtualSize: Number(image['virtual-size']),
    actualSize: Number(image['actual-size'] ?? 0),
    chain: drv === 'nbd' ? [`nbd:${name}`] : diskChain(graph, name),
  };
}
