import { JobError, type QmpClient, waitForJob } from 'qemu-monitor';
import { setTimeout as delay } from 'node:timers/promises';
import { activeNode, diskNodes, layersDown } from './active-node.ts';
import { queryBlockGraph } from './block-graph.ts';
import { nodeName } from '../devices/disk.ts';
import { diskFailure } from './image-failure.ts';

export interface RunningFlatten {
  readonly signal: AbortSignal;
  /** Percent, 0-100. */
  readonly onProgress: (percent: number) => void;
}

/** Milliseconds. */
const LOOK_AGAIN = 3_000;

export const flattenJob = (disk: string): string => `flatten-${nodeName(disk)}`;

/**
 * Copies all that a running guest's disk stands on into the disk itself, by QEMU's job block-stream, which gives the guest
 * the way. A job that an earlier launcher began is followed to its end. Throws ProblemError or TransientError.
 */
export async function flattenRunning(
  client: QmpClient,
  disk: string,
  flatten: RunningFlatten,
): Promise<void> {
  const id = flattenJob(disk);
  try {
    if ((await progressOf(client, id)) === undefined) await begin(client, disk, id);
    await follow(client, id, flatten);
  } catch (error) {
    throw error instanceof JobError ? diskFailure(disk, error) : error;
  }
  await closeWhatIsLeft(client, disk);
}

/** What was copied so far stays, and says the same as what lies below. */
export async function cancelFlatten(client: QmpClient, disk: string): Promise<void> {
  const id = flattenJob(disk);
  if ((await progressOf(client, id)) !== undefined) await client.execute('job-cancel', { id });
}

/** Its end waits for a launcher that asks, so that none misses how it went. */
async function begin(client: QmpClient, disk: string, id: string): Promise<void> {
  const graph = await queryBlockGraph(client);
  const device = activeNode(graph, disk)?.['node-name'];
  if (device === undefined || layersDown(graph, disk, device).length < 2) return;
  await client.execute('block-stream', { 'job-id': id, device, 'auto-dismiss': false });
}

async function follow(client: QmpClient, id: string, { signal, onProgress }: RunningFlatten): Promise<void> {
  if ((await progressOf(client, id)) === undefined) return;
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const told = tellProgress(client, id, onProgress, until);
  try {
    await waitForJob(client, id, { signal });
  } finally {
    ended.abort();
    await told;
  }
}

async function tellProgress(
  client: QmpClient,
  id: string,
  onProgress: RunningFlatten['onProgress'],
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      const percent = await progressOf(client, id);
      if (signal.aborted || percent === undefined) return;
      onProgress(percent);
      await delay(LOOK_AGAIN, undefined, { signal });
    }
  } catch {
    // Its end, or that of the connection, is the other's to tell.
  }
}

/** Percent; undefined where there is no such job. */
async function progressOf(client: QmpClient, id: string): Promise<number | undefined> {
  const jobs = await client.execute('query-jobs');
  const job = jobs.find((candidate) => candidate.id === id);
  if (!job) return undefined;
  const total = Number(job['total-progress']);
  return total > 0 ? Math.floor((100 * Number(job['current-progress'])) / total) : 0;
}

/** Nodes that a freeze was done with have no use any more, and hold the files below open. */
async function closeWhatIsLeft(client: QmpClient, disk: string): Promise<void> {
  const graph = await queryBlockGraph(client);
  const active = activeNode(graph, disk)?.['node-name'];
  if (active === undefined || layersDown(graph, disk, active).length > 1) return;
  for (const { 'node-name': name } of diskNodes(graph, disk)) {
    if (name !== undefined && name !== active) await client.execute('blockdev-del', { 'node-name': name });
  }
}
