import { dirname, join } from 'node:path';
import { type FrozenDisk, layerFile, type MachineDisk } from '@hypersdk/api/machine';
import type { NamedBlockNode, QmpClient } from 'qemu-monitor';
import { idsBelow } from '../../layers/volume-layers.ts';
import { ProblemError } from '../../problem.ts';
import { activeNode, chainNodes, overlayNode } from './active-node.ts';
import { type BlockGraph, fileOfNode, queryBlockGraph } from './block-graph.ts';
import { diskPath } from './disk.ts';
import { imageInfo } from './disk-image.ts';
import { freezeDisk, refuseAnotherLayer } from './freeze-disk.ts';
import { hasLastingName, overlayPath } from './lasting-name.ts';

export interface RunningFreeze {
  /** All that the running QEMU may have. */
  readonly disks: readonly MachineDisk[];
  /** Eight hexadecimal digits; the same id freezes once. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** Has the guest write out what it holds back, for as long as `instant` takes. */
  readonly quiesce: (instant: () => Promise<void>) => Promise<void>;
}

export interface Instant {
  /** RFC 3339. Known to whoever saw the moment, as is the pause. */
  readonly time?: string;
  /** How long QEMU took over it, for which the guest stood still at most. */
  readonly pauseMilliseconds?: number;
  readonly frozen: FrozenDisk[];
}

interface Frozen {
  readonly disk: MachineDisk;
  readonly node: NamedBlockNode;
}

/** Milliseconds that QEMU has for the one step that needs the guest's silence. */
const INSTANT_TIMEOUT = 5_000;

/**
 * Freezes all disks of a running guest as they are at one instant: the files first, each of which is whole after every
 * step, then QEMU goes on in the overlays by one transaction. Repeated after a crash it does what is left to do.
 */
export async function freezeRunning(client: QmpClient, freeze: RunningFreeze): Promise<Instant> {
  const graph = await queryBlockGraph(client);
  const disks = disksToFreeze(graph, freeze);
  const moment = await freezeAtOnce(client, graph, freeze, disks);
  return { ...moment, frozen: await Promise.all(disks.map((frozen) => frozenDisk(frozen, freeze))) };
}

async function freezeAtOnce(
  client: QmpClient,
  graph: BlockGraph,
  freeze: RunningFreeze,
  disks: readonly Frozen[],
): Promise<Omit<Instant, 'frozen'>> {
  // By a launcher that died since.
  const left = disks.filter(({ disk, node }) => node['node-name'] !== overlayNode(disk.name, freeze.id));
  if (left.length === 0) return {};
  for (const { disk } of left) refuseAnotherLayer(disk.name, chainNodes(graph, disk.name)?.length ?? 0);
  for (const frozen of left) await openOverlay(client, graph, frozen, freeze);
  const actions = left.map(({ disk, node }) => ({
    type: 'blockdev-snapshot' as const,
    data: { node: node['node-name'] ?? '', overlay: overlayNode(disk.name, freeze.id) },
  }));
  let pauseMilliseconds = 0;
  let time = '';
  await freeze.quiesce(async () => {
    const start = performance.now();
    await client.execute('transaction', { actions }, { timeout: INSTANT_TIMEOUT });
    pauseMilliseconds = Math.ceil(performance.now() - start);
    time = new Date().toISOString();
  });
  return { time, pauseMilliseconds };
}

async function frozenDisk({ disk }: Frozen, { id, signal }: RunningFreeze): Promise<FrozenDisk> {
  const directory = dirname(diskPath(disk));
  const layer = { format: 'qcow2', isOpen: true, signal } as const;
  const { virtualSize, actualSize } = await imageInfo(join(directory, layerFile(id)), layer);
  const below = await idsBelow(directory, id, signal);
  return { name: disk.name, file: layerFile(id), virtualSize, actualSize, below };
}

/** Those that the guest has now. */
function disksToFreeze(graph: BlockGraph, { disks }: RunningFreeze): Frozen[] {
  return disks
    .filter(({ device, volume }) => device === 'disk' && volume.type === 'filesystem')
    .filter(({ name }) => chainNodes(graph, name))
    .flatMap((disk) => {
      const node = activeNode(graph, disk.name);
      return node ? [{ disk, node }] : [];
    });
}

async function openOverlay(
  client: QmpClient,
  graph: BlockGraph,
  { disk, node }: Frozen,
  { id, signal }: RunningFreeze,
): Promise<void> {
  const virtualSize = Number(node.image['virtual-size']);
  refuseUnlasting(graph, disk, node);
  const directory = dirname(diskPath(disk));
  const filename = overlayPath(directory, id);
  await freezeDisk({ directory, id, virtualSize, overlay: filename, signal });
  const name = overlayNode(disk.name, id);
  if (graph.nodes.some((known) => known['node-name'] === name)) return;
  const cache = { direct: node.cache.direct };
  await client.execute('blockdev-add', {
    driver: 'qcow2',
    'node-name': name,
    cache,
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename, cache, aio: 'threads', discard: 'unmap' },
    backing: null,
  });
}

function refuseUnlasting(
  graph: BlockGraph,
  { name }: MachineDisk,
  { 'node-name': node = '' }: NamedBlockNode,
): void {
  if (hasLastingName(fileOfNode(graph, node) ?? '')) return;
  const message = `Disk ${name}: QEMU has it open by a name that a freeze would take away. Restart the VM, if its volume takes hard links.`;
  throw new ProblemError({ reason: 'CannotFreeze', message, disk: name });
}
