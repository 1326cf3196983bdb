import type { MachineDisk } from '@hypersdk/api/machine';
import { CommandError, type QmpClient } from 'qemu-monitor';
import { activeNode } from './active-node.ts';
import { queryBlockGraph } from './block-graph.ts';
import { nodeName } from '../devices/disk.ts';
import { diskFailure } from './image-failure.ts';

/**
 * Makes a disk of a running guest larger; QEMU tells the guest. The device below a block volume is larger already, and
 * QEMU only looks at it again. Throws ProblemError or TransientError.
 */
export async function resizeDisk(client: QmpClient, { name, size }: MachineDisk): Promise<void> {
  try {
    const active = activeNode(await queryBlockGraph(client), name)?.['node-name'] ?? nodeName(name);
    const resize = (): Promise<unknown> => client.execute('block_resize', { 'node-name': active, size });
    await resize().catch(async (error: unknown) => {
      if (!isServedElsewhere(error)) throw error;
      await lookAgain(client, name);
      return resize();
    });
  } catch (error) {
    throw error instanceof CommandError ? diskFailure(name, error) : error;
  }
}

function isServedElsewhere(error: unknown): boolean {
  return error instanceof CommandError && error.message.includes('NBD nodes');
}

/** QEMU learns of a served disk's size as it connects to its new server, which it does for the next request. */
async function lookAgain(client: QmpClient, disk: string): Promise<void> {
  await client.execute('human-monitor-command', {
    'command-line': `qemu-io ${nodeName(disk)} "read 0 512"`,
  });
}
