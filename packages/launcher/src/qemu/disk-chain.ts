import { dirname, join } from 'node:path';
import { layerFile } from '@hypersdk/api/machine';
import type { NamedBlockNode } from 'qemu-monitor';
import { activeNode, type BlockGraph, diskNodes, overlayId } from './active-node.ts';
import { ownName } from './lasting-name.ts';

type Image = NamedBlockNode['image'];

/**
 * The files of a disk from the one that is written down to the base. QEMU knows each by the name that it had when it was
 * opened: what lies below an overlay that the running QEMU was given has its layer's name since.
 */
export function diskChain(graph: BlockGraph, disk: string): string[] {
  const active = activeNode(graph, disk);
  if (!active) return [];
  const [top = '', ...below] = imagesOf(active.image).map(fileOf).map(ownName);
  const nodes = diskNodes(graph.nodes, disk);
  const ids = nodes.slice(nodes.indexOf(active)).flatMap((node) => overlayId(node, disk) ?? []);
  const layers = ids.map((id) => join(dirname(top), layerFile(id)));
  return [top, ...below.map((file, index) => layers[index] ?? file)];
}

function imagesOf(image: Image): Image[] {
  const backing = image['backing-image'];
  return [image, ...(backing ? imagesOf(backing) : [])];
}

/** The file of an image. QEMU spells one out whose backing file is another than its header says. */
export function fileOf({ filename }: Pick<Image, 'filename'>): string {
  if (!filename.startsWith('json:')) return filename;
  // As QEMU writes it: the options of the node, of which `file` is a node of its own.
  const { file } = JSON.parse(filename.slice('json:'.length)) as { file?: { filename?: string } };
  return file?.filename ?? filename;
}
