import { withTimeToLive } from './ended.ts';
import type { OperationKind } from './kind.ts';
import type { ObservedOperation } from './observed.ts';
import { isActive } from './order.ts';
import { planEnding } from './plan-ending.ts';
import { planPending } from './plan-pending.ts';
import { planRunning } from './plan-running.ts';
import { rollbackLitter } from './rollback.ts';
import type { OperationPlan } from './actions.ts';

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
