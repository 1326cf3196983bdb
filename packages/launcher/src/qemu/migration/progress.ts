import type { MigrationInfo, MigrationStatus, QmpClient } from 'qemu-monitor';

/** Of a QEMU that was never asked to migrate. */
export const NO_MIGRATION = 'none';

export async function migrationStatus(client: QmpClient): Promise<MigrationStatus> {
  return (await client.execute('query-migrate')).status ?? NO_MIGRATION;
}

/**
 * What QEMU says of its migration once that is at one of `points`. An abort or a time-out, in milliseconds, leaves it as
 * it is. The capability `events` has to be on.
 */
export async function migrationAt(
  client: QmpClient,
  points: readonly MigrationStatus[],
  bounds: { readonly signal: AbortSignal; readonly timeout?: number },
): Promise<MigrationInfo & { readonly status: MigrationStatus }> {
  for (;;) {
    // The event only says when to look again: what counts is what query-migrate says after the mark.
    const since = client.mark();
    const info = await client.execute('query-migrate', {}, { signal: bounds.signal });
    const { status = NO_MIGRATION } = info;
    if (points.includes(status)) return { ...info, status };
    await client.waitForEvent('MIGRATION', { since, ...bounds });
  }
}
