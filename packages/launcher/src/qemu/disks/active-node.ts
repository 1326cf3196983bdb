import type { NamedBlockNode } from 'qemu-monitor';
import { type BlockGraph, nodesDown } from './block-graph.ts';
import { nodeName } from '../devices/disk.ts';

/** The node of an overlay that a running QEMU was given: unlike any number of a layer below. */
export const overlayNode = (disk: string, id: string): string => `${nodeName(disk)}.${id}`;

/** The disk's own node and the overlays that were put on it, the topmost first: in this order they can be deleted. */
export function diskNodes(graph: BlockGraph, disk: string): NamedBlockNode[] {
  const own = nodeName(disk);
  const depth = ({ 'node-name': name = '' }: NamedBlockNode): number => layersDown(graph, disk, name).length;
  return graph.nodes
    .filter((node) => node['node-name'] === own || overlayId(node['node-name'], disk) !== undefined)
    .sort((a, b) => depth(b) - depth(a));
}

/** The nodes of what the guest has of a disk, from the one that it writes to down to the base; undefined where it has none. */
export function chainNodes(graph: BlockGraph, disk: string): string[] | undefined {
  return graph.roots
    .filter(({ user }) => user !== '')
    .map(({ node }) => layersDown(graph, disk, node))
    .find(([top]) => top !== undefined);
}

/** The node that the guest writes to; where it has none, on its way in or out, the topmost. */
export function activeNode(graph: BlockGraph, disk: string): NamedBlockNode | undefined {
  const [written] = chainNodes(graph, disk) ?? [];
  return graph.nodes.find((node) => node['node-name'] === written) ?? diskNodes(graph, disk)[0];
}

/** What the overlay was made for, or undefined of a node that the disk came with. */
export function overlayId(name: string | undefined, disk: string): string | undefined {
  const suffix = suffixOf(name, disk);
  return suffix !== undefined && /^[0-9a-f]{8}$/.test(suffix) ? suffix : undefined;
}

/** Those of a disk's layers, which are as many as the files of its chain, without files and filters of jobs. */
export const layersDown = (graph: BlockGraph, disk: string, from: string): string[] =>
  nodesDown(graph, from).filter((name) => isLayer(name, disk));

/** Layers that the disk came with are numbered. */
function isLayer(name: string, disk: string): boolean {
  const suffix = suffixOf(name, disk);
  return suffix !== undefined && (suffix === '' || /^([0-9a-f]{8}|\d+)$/.test(suffix));
}

/** What a node's name has beside the disk's own; empty of the disk's own node. */
function suffixOf(name: string | undefined, disk: string): string | undefined {
  const own = nodeName(disk);
  if (name === own) return '';
  return name?.startsWith(`${own}.`) ? name.slice(own.length + 1) : undefined;
}
