import type { QmpClient } from 'qemu-monitor';
import { unlessRefused } from '../disks/refusable.ts';

/** Shuts down the connections of a migration, also where QEMU's main loop is held up by one of them. */
export async function breakOff(client: QmpClient): Promise<void> {
  await unlessRefused(client.executeOob('yank', { instances: [{ type: 'migration' }] }));
}
