import { dirname, join } from 'node:path';
import { DISK_FILE, layerFile, type MachineDisk } from '@hypersdk/api/machine';
import { CommandError, type QmpClient, waitForJob } from 'qemu-monitor';
import { exists } from '../files/exists.ts';
import { chainNodes, diskNodes } from '../qemu/disks/active-node.ts';
import { queryBlockGraph } from '../qemu/disks/block-graph.ts';
import { diskPath } from '../qemu/disks/disk.ts';
import { removeUnusedNames } from '../qemu/disks/lasting-name.ts';
import { takePlace } from './fold-files.ts';
import type { Fold } from './next-fold.ts';
import { removeLayer } from './volume-layers.ts';

export interface FoldedDisk {
  readonly client: QmpClient;
  readonly disk: MachineDisk;
  readonly signal: AbortSignal;
}

const ACTIVE = 'active';

/** QEMU keeps a job by its name for as long as it lives, and so what it is to be followed by. */
export function foldJobId(disk: string, fold: Exclude<Fold, { type: 'remove' }>): string {
  return ['fold', disk, fold.type, fold.layer.id, fold.above.id ?? ACTIVE].join('.');
}

interface FoldJob {
  readonly job: string;
  readonly type: 'stream' | 'commit';
  readonly id: string;
  /** File of the layer above. */
  readonly above: string;
}

/** Undefined of a job that is not a fold of this disk. */
function foldJob(job: string, disk: string): FoldJob | undefined {
  const [kind, of, type, id = '', above = ''] = job.split('.');
  if (kind !== 'fold' || of !== disk || (type !== 'stream' && type !== 'commit')) return undefined;
  return { job, type, id, above: above === ACTIVE ? DISK_FILE : layerFile(above) };
}

/**
 * Sees to their end what this launcher, or one before it, has begun, and closes what QEMU still has open. Rejects with
 * JobError where a job failed; the layers hold what they held.
 */
export async function finishFolds(folded: FoldedDisk): Promise<void> {
  const { client, disk, signal } = folded;
  const jobs = await client.execute('query-jobs', {}, { signal });
  for (const { id, status } of jobs) {
    const fold = foldJob(id, disk.name);
    if (!fold) continue;
    if (status !== 'concluded') await conclude(folded, id);
    await tidyUp(folded, fold);
  }
  await closeUnused(folded);
}

async function conclude({ client, disk, signal }: FoldedDisk, id: string): Promise<void> {
  await waitForJob(client, id, { until: 'pending', signal });
  await flush({ client, disk, signal });
  await client.execute('job-finalize', { id }, { signal });
  await waitForJob(client, id, { until: 'concluded', signal });
}

/** The last of a job to go is its name, by which a launcher that comes after this one knows what is left to do. */
async function tidyUp(
  { client, disk, signal }: FoldedDisk,
  { job, type, id, above }: FoldJob,
): Promise<void> {
  const directory = dirname(diskPath(disk));
  const ended = await waitForJob(client, job, { until: 'concluded', signal });
  if (ended.error === undefined) {
    if (type === 'stream') await removeLayer(directory, id);
    else if (await exists(join(directory, layerFile(id)))) {
      await takePlace(directory, { id, file: layerFile(id) }, { file: above });
    }
  }
  await waitForJob(client, job, { signal });
}

/**
 * QEMU holds back where in an image its data are until somebody flushes it. What was copied must be found there before
 * the header lets go of what it was copied from.
 */
async function flush({ client, disk, signal }: FoldedDisk): Promise<void> {
  for (const node of chainNodes(await queryBlockGraph(client), disk.name) ?? []) {
    await client.execute('human-monitor-command', { 'command-line': `qemu-io ${node} flush` }, { signal });
  }
}

/** What the guest has, and what that stands on, QEMU refuses to close. */
async function closeUnused({ client, disk, signal }: FoldedDisk): Promise<void> {
  const graph = await queryBlockGraph(client);
  if (!chainNodes(graph, disk.name)) return;
  for (const { 'node-name': name = '' } of diskNodes(graph, disk.name)) {
    try {
      await client.execute('blockdev-del', { 'node-name': name }, { signal });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
    }
  }
  const nodes = await client.execute('query-named-block-nodes', { flat: true }, { signal });
  await removeUnusedNames(dirname(diskPath(disk)), new Set(nodes.map(({ file }) => file)));
}
