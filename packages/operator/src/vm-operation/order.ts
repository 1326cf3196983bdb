/** Operations on one VM run one at a time, oldest first. */
import type { VMOperation } from '@hypersdk/api';

export function isActive({ status }: VMOperation): boolean {
  return status?.phase === undefined || status.phase === 'Pending' || status.phase === 'Running';
}

/** Names break the tie of operations made within one second, so that every replica sees one order. */
export function byAge(a: VMOperation, b: VMOperation): number {
  const ages = (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');
  return ages === 0 ? a.metadata.name.localeCompare(b.metadata.name) : ages;
}
