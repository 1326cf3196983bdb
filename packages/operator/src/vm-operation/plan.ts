/** What to do about one VMOperation. Pure. */
import type { VMOperationStatus } from '@hypersdk/api';
import type { WorkAction } from './actions.ts';
import { withTimeToLive } from './ended.ts';
import type { OperationKind } from './kind.ts';
import type { ObservedOperation } from './observed.ts';
import { isActive } from './order.ts';
import { planEnding } from './plan-ending.ts';
import { planPending } from './plan-pending.ts';
import { planRunning } from './plan-running.ts';
import { rollbackLitter } from './rollback.ts';

export interface OperationPlan {
  readonly status: VMOperationStatus;
  /** Done in this order before the status is written. */
  readonly actions: readonly WorkAction[];
  /** Milliseconds until something that no event announces, such as a time-out. */
  readonly requeueAfter?: number;
  /** The object of an operation that has ended is to go. */
  readonly isExpired?: boolean;
}

export function planOperation<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  now: Date,
): OperationPlan {
  const { operation } = observed;
  if (!isActive(operation)) return planEnded(kind, observed, now);
  if (operation.status?.ending) return planEnding(kind, observed, operation.status.ending, now);
  return operation.status?.phase === 'Running'
    ? planRunning(kind, observed, now)
    : planPending(kind, observed, now);
}

function planEnded<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  now: Date,
): OperationPlan {
  const actions = [...(kind.litter?.(observed) ?? []), ...rollbackLitter(observed)];
  return withTimeToLive(observed.operation, { status: observed.operation.status ?? {}, actions }, now);
}
