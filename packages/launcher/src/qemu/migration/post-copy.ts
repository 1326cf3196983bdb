/** The source of a guest that goes before its memory. */
import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { MigrationStatus, QmpClient } from 'qemu-monitor';
import { unlessRefused } from '../disks/refusable.ts';
import { migrationAt } from './progress.ts';
import { addressOf } from './send.ts';

const UNDER_WAY: readonly MigrationStatus[] = [
  'pre-switchover',
  'device',
  'postcopy-active',
  'postcopy-paused',
];
const OVER: readonly MigrationStatus[] = ['completed', 'failed', 'cancelled'];

/** Resolves when QEMU has taken it up, or has come to an end by itself. */
export async function startPostCopy(client: QmpClient, signal: AbortSignal): Promise<void> {
  await unlessRefused(client.execute('migrate-start-postcopy'));
  await migrationAt(client, [...UNDER_WAY, 'cancelling', ...OVER], { signal });
}

/**
 * Lets go of a connection over which nothing comes any more, so that there can be another. One that is being made may hold
 * QEMU's main loop up, and is no matter of migrate-pause.
 */
export async function letGo(client: QmpClient, signal: AbortSignal): Promise<void> {
  await unlessRefused(client.executeOob('migrate-pause'));
  await unlessRefused(client.executeOob('yank', { instances: [{ type: 'migration' }] }));
  await migrationAt(client, ['postcopy-paused', ...OVER], { signal });
}

/** Sends what is left of the guest's memory over another connection. */
export async function resumeSending(client: QmpClient, outgoing: MachineOutgoing): Promise<void> {
  await client.execute('migrate', { uri: addressOf(outgoing), resume: true });
}
