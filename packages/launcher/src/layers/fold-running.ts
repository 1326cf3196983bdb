import { dirname, resolve } from 'node:path';
import { chainNodes } from '../qemu/disks/active-node.ts';
import { queryBlockGraph } from '../qemu/disks/block-graph.ts';
import { diskPath } from '../qemu/disks/disk.ts';
import { imageChain } from '../qemu/disks/disk-image.ts';
import { foldFiles } from './fold-files.ts';
import { finishFolds, foldJobId, type FoldedDisk } from './fold-job.ts';
import type { Fold } from './next-fold.ts';

type Copying = Exclude<Fold, { type: 'remove' }>;
type InChain = Copying & {
  readonly root: string;
  readonly layerNode: string;
  readonly aboveNode: string;
  readonly belowNode: string | undefined;
};

/**
 * Does one fold in a volume that a running QEMU has open. Layers beside its chain are files like any other; those in it
 * are folded by QEMU's own jobs, below the guest. Resolves with false where it cannot be done now.
 */
export async function foldRunning(running: FoldedDisk, fold: Fold): Promise<boolean> {
  const { disk, signal } = running;
  const directory = dirname(diskPath(disk));
  const place = await placeOf(running, fold);
  if (place === 'unknown') return false;
  if (place === 'beside') {
    await foldFiles(directory, fold, signal);
    return true;
  }
  if (fold.type === 'remove') return false;
  await foldInChain(running, { ...fold, ...place });
  return true;
}

type Place = 'beside' | 'unknown' | Omit<InChain, keyof Copying>;

/** Files and QEMU's nodes are paired by their order: a node keeps the name that its file had when it was opened. */
async function placeOf({ client, disk, signal }: FoldedDisk, { layer }: Fold): Promise<Place> {
  const path = diskPath(disk);
  const files = (await imageChain(path, 'qcow2', signal, true)).map(({ file }) => resolve(file));
  const at = files.indexOf(resolve(dirname(path), layer.file));
  if (at === -1) return 'beside';
  const nodes = chainNodes(await queryBlockGraph(client), disk.name);
  const [root, layerNode, aboveNode] = [nodes?.[0], nodes?.[at], nodes?.[at - 1]];
  // A freeze is half done, or the disk is on its way in or out.
  if (nodes?.length !== files.length || root === undefined) return 'unknown';
  if (layerNode === undefined || aboveNode === undefined) return 'unknown';
  return { root, layerNode, aboveNode, belowNode: nodes[at + 1] };
}

/** Begins the job, whose name says what it does, and sees it to its end. */
async function foldInChain(running: FoldedDisk, fold: InChain): Promise<void> {
  const { client, disk, signal } = running;
  const common = {
    'job-id': foldJobId(disk.name, fold),
    'auto-finalize': false,
    'auto-dismiss': false,
  } as const;
  if (fold.type === 'commit') {
    await client.execute(
      'block-commit',
      {
        ...common,
        device: fold.root,
        'top-node': fold.aboveNode,
        'base-node': fold.layerNode,
        // As what stands on it names it already: it is to find the merged one there.
        'backing-file': fold.above.file,
      },
      { signal },
    );
  } else {
    const { belowNode, layer } = fold;
    const base = belowNode !== undefined && layer.backing;
    await client.execute(
      'block-stream',
      {
        ...common,
        device: fold.aboveNode,
        ...(base && { 'base-node': belowNode, 'backing-file': base.name }),
      },
      { signal },
    );
  }
  await finishFolds(running);
}
