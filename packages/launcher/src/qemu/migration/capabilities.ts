import type { MigrationCapability, QmpClient } from 'qemu-monitor';

/** All of them, on or off: one that an earlier migration has left on breaks the next. */
export async function setCapabilities(
  client: QmpClient,
  wanted: readonly MigrationCapability[],
): Promise<void> {
  const known = await client.execute('query-migrate-capabilities');
  const capabilities = known.map(({ capability }) => ({ capability, state: wanted.includes(capability) }));
  await client.execute('migrate-set-capabilities', { capabilities });
}
