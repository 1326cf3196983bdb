import { dirname, join } from 'node:path';
import { layerFile } from '@hypersdk/api/machine';
import { activeNode, layersDown, overlayId } from './active-node.ts';
import { type BlockGraph, fileOfNode } from './block-graph.ts';
import { ownName } from './lasting-name.ts';

/**
 * The files of a disk from the one that is written down to the base. QEMU knows each by the name that it had when it was
 * opened: what lies below an overlay that the running QEMU was given has its layer's name since.
 */
export function diskChain(graph: BlockGraph, disk: string): string[] {
  const nodes = layersDown(graph, disk, activeNode(graph, disk)?.['node-name'] ?? '');
  const files = nodes.map((node) => ownName(fileOfNode(graph, node) ?? ''));
  const [top = ''] = files;
  return files.map((file, index) => {
    const above = overlayId(nodes[index - 1], disk);
    return above === undefined ? file : join(dirname(top), layerFile(above));
  });
}
