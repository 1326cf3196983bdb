import type { CommandReturn, NamedBlockNode, QmpClient } from 'qemu-monitor';
import { nodeName } from './devices/disk.ts';

export type BlockDevices = CommandReturn<'query-block'>;
export interface BlockGraph {
  readonly nodes: readonly NamedBlockNode[];
  readonly devices: BlockDevices;
}

export async function queryBlockGraph(client: QmpClient): Promise<BlockGraph> {
  const [nodes, devices] = await Promise.all([
    client.execute('query-named-block-nodes'),
    client.execute('query-block'),
  ]);
  return { nodes, devices };
}

/** The node of an overlay that a running QEMU was given: unlike any number of a layer below. */
export const overlayNode = (disk: string, id: string): string => `${nodeName(disk)}.${id}`;

/** The disk's own node and the overlays that were put on it, the topmost first: in this order they can be deleted. */
export function diskNodes(nodes: readonly NamedBlockNode[], disk: string): NamedBlockNode[] {
  const own = nodeName(disk);
  return nodes
    .filter((node) => node['node-name'] === own || overlayId(node, disk) !== undefined)
    .sort((a, b) => depth(b.image) - depth(a.image));
}

/** What the guest has of a disk: undefined where it has none of its nodes. */
export function deviceOf({ nodes, devices }: BlockGraph, disk: string): BlockDevices[number] | undefined {
  const names = new Set(diskNodes(nodes, disk).map((node) => node['node-name']));
  return devices.find(({ inserted }) => inserted && names.has(inserted['node-name']));
}

/** The node that the guest writes to; where it has none, on its way in or out, the topmost. */
export function activeNode(graph: BlockGraph, disk: string): NamedBlockNode | undefined {
  const nodes = diskNodes(graph.nodes, disk);
  const written = deviceOf(graph, disk)?.inserted?.['node-name'];
  return nodes.find((node) => node['node-name'] === written) ?? nodes[0];
}

/** What the overlay was made for, or undefined of a node that the disk came with. */
export function overlayId({ 'node-name': name = '' }: NamedBlockNode, disk: string): string | undefined {
  const own = nodeName(disk);
  const id = name.startsWith(`${own}.`) ? name.slice(own.length + 1) : '';
  return /^[0-9a-f]{8}$/.test(id) ? id : undefined;
}

/**
 * The nodes from the one that the guest writes to down to the base: as many, and in the same order, as the files of the
 * disk's chain, whatever names those had when QEMU opened them. Undefined where the guest does not have the disk.
 */
export function chainNodes(graph: BlockGraph, disk: string): string[] | undefined {
  if (!deviceOf(graph, disk)) return undefined;
  const top = activeNode(graph, disk);
  if (!top) return undefined;
  const own = nodeName(disk);
  const below = graph.nodes.filter(
    (node) => depth(node.image) < depth(top.image) && isOfChain(node['node-name'] ?? '', own),
  );
  const all = [top, ...below].sort((a, b) => depth(b.image) - depth(a.image));
  return all.map((node) => node['node-name'] ?? '');
}

/** Layers that the disk came with are numbered. */
const isOfChain = (name: string, own: string): boolean =>
  name === own || (name.startsWith(`${own}.`) && /^([0-9a-f]{8}|\d+)$/.test(name.slice(own.length + 1)));

function depth(image: NamedBlockNode['image']): number {
  const backing = image['backing-image'];
  return backing ? 1 + depth(backing) : 0;
}
