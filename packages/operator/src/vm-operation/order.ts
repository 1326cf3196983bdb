/** Operations on one VM run one at a time, oldest first, unless a later one makes the older one pointless. */
import type { VMOperation } from '@hypersdk/api';
import type { End } from './ended.ts';

export function isActive({ status }: VMOperation): boolean {
  return status?.phase === undefined || status.phase === 'Pending' || status.phase === 'Running';
}

/** Names break the tie of operations made within one second, so that every replica sees one order. */
export function byAge(a: VMOperation, b: VMOperation): number {
  const ages = (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');
  return ages === 0 ? a.metadata.name.localeCompare(b.metadata.name) : ages;
}

/** Whoever has begun is before all that wait: of those made within one second, the first may have another name. */
function isBefore(a: VMOperation, b: VMOperation): boolean {
  if (hasBegun(a) !== hasBegun(b)) return hasBegun(a);
  return byAge(a, b) < 0;
}

const hasBegun = ({ status }: VMOperation): boolean => status?.phase === 'Running';

type Kind = VMOperation['spec']['operation'];

/** What force ends at once, by the graceful one that hangs: whoever deletes a VM wants it gone, not only off. */
const CUT_SHORT_BY: Partial<Record<Kind, readonly Kind[]>> = {
  stop: ['stop', 'restart', 'delete'],
  restart: ['stop', 'restart', 'delete'],
  delete: ['delete'],
};

/** The one whose turn is first. A dry run changes nothing: it waits for nobody, and nobody for it. */
export function earlierOne(operation: VMOperation, others: readonly VMOperation[]): VMOperation | undefined {
  if (operation.spec.dryRun) return undefined;
  return others.find((other) => !other.spec.dryRun && isBefore(other, operation));
}

/** A start after a stop, say, makes the older one pointless. */
export function supersedingOne(
  operation: VMOperation,
  others: readonly VMOperation[],
  byKind: readonly Kind[],
): VMOperation | undefined {
  return operation.spec.dryRun ? undefined : others.find((other) => supersedes(other, operation, byKind));
}

export function superseded(by: VMOperation): End {
  return { phase: 'Cancelled', message: `Superseded by ${by.metadata.name}` };
}

/** Whether `later` need not wait for `earlier`: by its kind, or because it is the force that the other one lacks. */
function supersedes(later: VMOperation, earlier: VMOperation, byKind: readonly Kind[]): boolean {
  if (!isBefore(earlier, later) || later.spec.dryRun || later.spec.cancel) return false;
  if (byKind.includes(later.spec.operation)) return true;
  const { operation, force } = earlier.spec;
  return !force && later.spec.force && (CUT_SHORT_BY[operation]?.includes(later.spec.operation) ?? false);
}
