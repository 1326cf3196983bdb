import type { MigrationStatus, QmpClient } from 'qemu-monitor';
import { goOn } from './go-on.ts';
import { migrationAt, migrationStatus } from './progress.ts';

const UNDER_WAY: ReadonlySet<MigrationStatus> = new Set(['setup', 'active', 'pre-switchover']);

/** Lets a guest go on that stands still for a migration of which nobody wants to know any more. */
export async function abandonMigration(client: QmpClient, signal: AbortSignal): Promise<void> {
  if (UNDER_WAY.has(await migrationStatus(client))) await client.execute('migrate_cancel');
  await migrationAt(client, ['none', 'completed', 'failed', 'cancelled'], { signal });
  await goOn(client, signal);
}
