import { type MachineDiskState, servedChain } from '@hypersdk/api/machine';
import type { NamedBlockNode, QmpClient } from 'qemu-monitor';
import { activeNode, chainNodes, layersDown, overlayId } from './disks/active-node.ts';
import { type BlockGraph, queryBlockGraph } from './disks/block-graph.ts';
import { diskChain } from './disks/disk-chain.ts';
import { networkNames } from './plug/peripherals.ts';
import { type PluggedMemory, queryPluggedMemory } from './size/resize-memory.ts';
import { machineType, qemuVersion } from './version.ts';

export interface QemuAnswer {
  /** QEMU's RunState. */
  readonly status: string;
  readonly version: string;
  /** QEMU's name of the machine type, with its version. */
  readonly machine: string;
  /** Processors that are plugged. */
  readonly cpus: number;
  readonly pluggedMemory?: PluggedMemory | undefined;
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
  const [{ status }, machine, graph, networks, cpus, pluggedMemory] = await Promise.all([
    client.execute('query-status'),
    machineType(client),
    queryBlockGraph(client),
    networkNames(client),
    client.execute('query-cpus-fast'),
    queryPluggedMemory(client),
  ]);
  const found = disks.flatMap((name) => {
    const node = activeNode(graph, name);
    const isAttached = chainNodes(graph, name) !== undefined;
    return node ? [{ state: diskState(graph, name, node), isAttached }] : [];
  });
  return {
    status,
    ...(status === 'io-error' && { failedDisk: await failedDisk(client, graph, disks) }),
    version: qemuVersion(client),
    machine,
    cpus: cpus.length,
    pluggedMemory,
    networks,
    disks: found.filter(({ isAttached }) => isAttached).map(({ state }) => state),
    detached: found.filter(({ isAttached }) => !isAttached).map(({ state }) => state),
  };
}

/** QEMU keeps a device's I/O status until the guest goes on, so it may be asked at any time. */
async function failedDisk(
  client: QmpClient,
  graph: BlockGraph,
  disks: readonly string[],
): Promise<FailedDisk | undefined> {
  const devices = await client.execute('query-block');
  const failed = devices.flatMap(({ 'io-status': status = 'ok', inserted }) => {
    const node = inserted?.['node-name'];
    const name = disks.find((disk) => node !== undefined && layersDown(graph, disk, node).length > 0);
    return status === 'ok' || name === undefined ? [] : [{ name, noSpace: status === 'nospace' }];
  });
  return failed[0];
}

function diskState(graph: BlockGraph, name: string, active: NamedBlockNode): MachineDiskState {
  const { drv, image } = active;
  return {
    name,
    format: drv === 'qcow2' ? 'qcow2' : 'raw',
    virtualSize: Number(image['virtual-size']),
    actualSize: Number(image['actual-size'] ?? 0),
    chain: drv === 'nbd' ? [servedChain(exportOf(name, active))] : diskChain(graph, name),
  };
}

/** The node of a medium that is served says which one it is. */
function exportOf(disk: string, { 'node-name': node }: NamedBlockNode): string {
  const medium = overlayId(node, disk);
  return medium === undefined ? disk : `${disk}.${medium}`;
}
