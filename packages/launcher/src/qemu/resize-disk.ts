import type { MachineDisk } from '@hypersdk/api/machine';
import { CommandError, type QmpClient } from 'qemu-monitor';
import { activeNode, queryBlockGraph } from './active-node.ts';
import { nodeName } from './devices/disk.ts';
import { diskFailure } from './image-failure.ts';

/**
 * Makes a disk of a running guest larger; QEMU tells the guest. The device below a block volume is larger already, and
 * QEMU only looks at it again. Throws ProblemError or TransientError.
 */
export async function resizeDisk(client: QmpClient, { name, size }: MachineDisk): Promise<void> {
  try {
    const active = activeNode(await queryBlockGraph(client), name)?.['node-name'] ?? nodeName(name);
    await client.execute('block_resize', { 'node-name': active, size });
  } catch (error) {
    throw error instanceof CommandError ? diskFailure(name, error) : error;
  }
}
