/** Copies of a running guest's disks that follow what it writes, in the QEMU that awaits it. */
import { basename } from 'node:path';
import type { MachineOutgoing } from '@hypersdk/api/machine';
import { type CommandArguments, type QmpClient, waitForJob } from 'qemu-monitor';
import { activeNode } from '../disks/active-node.ts';
import { type BlockGraph, queryBlockGraph } from '../disks/block-graph.ts';
import { diskChain } from '../disks/disk-chain.ts';
import { nodeName } from '../devices/disk.ts';
import { nbdNode } from '../nbd/client-node.ts';
import { unlessRefused } from '../disks/refusable.ts';
import { MIGRATION_TLS } from './credentials.ts';

const PREFIX = 'mirror-';
/** Job and node of a disk's mirror; its name is as long as a node's may be. */
const mirrorOf = (disk: string): string => `${PREFIX}${nodeName(disk).slice('disk-'.length)}`;

/** Begins to copy a disk. The guest's writes do not wait for those of the copy. */
export async function beginMirror(client: QmpClient, disk: string, outgoing: MachineOutgoing): Promise<void> {
  const { host, target, diskPort, bandwidth } = outgoing;
  const id = mirrorOf(disk);
  const node = {
    ...nbdNode({
      ...{ exportName: disk, server: target, credentials: MIGRATION_TLS, reconnectDelay: 0 },
      address: { type: 'inet', host, port: diskPort },
    }),
    ...{ 'node-name': id, discard: 'unmap', 'detect-zeroes': 'unmap' },
  };
  // The properties of the driver, which QEMU checks.
  await client.execute('blockdev-add', node as unknown as CommandArguments<'blockdev-add'>);
  const graph = await queryBlockGraph(client);
  const device = activeNode(graph, disk)?.['node-name'];
  if (device === undefined) throw new Error(`QEMU has no disk ${disk}`);
  const sync = extent(graph, disk, outgoing);
  await client.execute('blockdev-mirror', {
    ...{ 'job-id': id, device, target: id, sync, speed: bandwidth, 'auto-dismiss': false },
    ...{ 'on-source-error': 'report', 'on-target-error': 'report' },
  });
}

/** What the target has fetched of a disk has to be all that this one stands on, or it would hold something else there. */
function extent(graph: BlockGraph, disk: string, { layered = [] }: MachineOutgoing): 'full' | 'top' {
  const fetched = layered.find(({ name }) => name === disk)?.below;
  if (!fetched) return 'full';
  const [, ...below] = diskChain(graph, disk).map((file) => basename(file));
  if (below.join() === fetched.join()) return 'top';
  throw new Error(`disk ${disk} stands on ${below.join(', ')}, and its target has ${fetched.join(', ')}`);
}

/** Resolves when the copy lacks no more than what the guest has just written; rejects with JobError. */
export async function mirrorIsReady(client: QmpClient, disk: string, signal: AbortSignal): Promise<void> {
  await waitForJob(client, mirrorOf(disk), { until: 'ready', signal });
}

/** The guest stands still: what the copy lacks is written, and then both hold the same. Rejects with JobError. */
export async function endMirror(client: QmpClient, disk: string, signal: AbortSignal): Promise<void> {
  const id = mirrorOf(disk);
  // Of a mirror that is ready it is what ends it well, without a change of the guest's disk.
  await client.execute('block-job-cancel', { device: id });
  await waitForJob(client, id, { signal });
  await client.execute('blockdev-del', { 'node-name': id });
}

/** What is left of mirrors, whatever state they are in. */
export async function dropMirrors(client: QmpClient, signal: AbortSignal): Promise<void> {
  const jobs = await client.execute('query-jobs');
  for (const { id } of jobs.filter((job) => job.id.startsWith(PREFIX))) {
    await unlessRefused(client.execute('block-job-cancel', { device: id, force: true }));
    await waitForJob(client, id, { until: 'concluded', signal });
    await unlessRefused(client.execute('job-dismiss', { id }));
  }
  const nodes = await client.execute('query-named-block-nodes');
  for (const { 'node-name': name = '' } of nodes.filter((node) => node['node-name']?.startsWith(PREFIX)))
    await unlessRefused(client.execute('blockdev-del', { 'node-name': name }));
}

/** Percent of all that is to be copied, of all disks together; undefined where none is copied. */
export async function mirrorProgress(client: QmpClient): Promise<number | undefined> {
  const jobs = (await client.execute('query-jobs')).filter(({ id }) => id.startsWith(PREFIX));
  const sum = (numbers: readonly (number | bigint)[]): number =>
    numbers.reduce<number>((a, b) => a + Number(b), 0);
  const total = sum(jobs.map((job) => job['total-progress']));
  if (total === 0) return undefined;
  return Math.floor((100 * sum(jobs.map((job) => job['current-progress']))) / total);
}
