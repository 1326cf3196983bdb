import type { MachineSpec } from '@hypersdk/api/machine';
import { GO_AHEAD } from './go-ahead.ts';
import { LISTENS } from './call-source.ts';
import { LENT } from './lent-disk.ts';
import { RECOVERY } from './recovery.ts';

/** Whether the launcher of this name is the other side of a migration, and may ask for that. */
export function isAdmitted(
  { incoming, lendsTo, ...spec }: Pick<MachineSpec, 'incoming' | 'outgoing' | 'expects' | 'lendsTo'>,
  name: string,
  url: string,
): boolean {
  const isOf = (...paths: readonly string[]): boolean => paths.some((path) => url.startsWith(path));
  const target = (spec.outgoing ?? spec.expects)?.target;
  return (
    (name === incoming?.source && isOf(GO_AHEAD, RECOVERY)) ||
    (name === target && isOf(LISTENS)) ||
    (name === lendsTo && isOf(LENT))
  );
}
