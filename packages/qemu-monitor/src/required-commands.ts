import type { QmpClient } from './client.ts';
import type { CommandName } from './types.ts';
import type { WaitOptions } from './wait.ts';

/** Those of `names` that the running QEMU does not have, whatever version it says it is. */
export async function missingCommands(
  qmp: QmpClient,
  names: readonly CommandName[],
  options?: WaitOptions,
): Promise<CommandName[]> {
  const known = new Set((await qmp.execute('query-commands', {}, options)).map(({ name }) => name));
  return names.filter((name) => !known.has(name));
}
