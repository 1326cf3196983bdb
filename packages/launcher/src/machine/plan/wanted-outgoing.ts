import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { Observed } from '../observe/observed.ts';

/** The migration that is asked for, once it is known where the guest is to go: a target that is expected says so itself. */
export function wantedOutgoing({
  spec: { outgoing, expects },
  record: { migration },
  caller,
}: Pick<Observed, 'spec' | 'record' | 'caller'>): MachineOutgoing | undefined {
  if (outgoing || !expects) return outgoing;
  const begun = migration?.id === expects.id ? migration.outgoing : undefined;
  const host = begun?.host ?? (caller?.id === expects.id ? caller.host : undefined);
  return host === undefined ? undefined : { ...expects, host };
}
