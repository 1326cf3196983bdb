/** Events and metrics of an operation's end. */
import type { Operation, VMOperationPhase, VMOperationStatus } from '@hypersdk/api';
import { millisecondsBetween } from '../metrics/milliseconds-between.ts';
import type { OperationOutcome } from '../metrics/outcomes.ts';
import type { Planned } from './kinds.ts';
import type { ObservedOperation } from './observed.ts';
import { isActive } from './order.ts';
import type { Context } from '../context.ts';

type Teller = Pick<Context, 'recorder' | 'metrics'>;

/** Whose phase has changed was written just now, by us: it is told and counted once. */
export function announce(teller: Teller, observed: ObservedOperation, { plan, news }: Planned): void {
  const { operation, vm } = observed;
  const { status } = plan;
  if (status.phase === operation.status?.phase || isActive({ ...operation, status })) return;
  if (operation.spec.dryRun) return;
  news.count?.(teller.metrics, status.phase === 'Succeeded' ? 'succeeded' : 'failed');
  measure(teller, operation.spec.operation, status);
  if (status.phase !== 'Succeeded') {
    tellFailure(teller, observed, status);
    return;
  }
  if (!news.event) return;
  for (const object of [operation, ...(vm ? [vm] : [])]) {
    teller.recorder.event(object, 'Normal', news.event.reason, news.event.message);
  }
}

function tellFailure(
  { recorder }: Teller,
  { operation, vm }: ObservedOperation,
  { phase, message = '' }: VMOperationStatus,
): void {
  const reason = `Operation${phase ?? ''}`;
  recorder.event(operation, 'Warning', reason, message);
  if (vm) recorder.event(vm, 'Warning', reason, `${operation.metadata.name}: ${message}`);
}

/** One that never began took no time. */
function measure(
  { metrics }: Teller,
  operation: Operation,
  { phase, startTime, completionTime }: VMOperationStatus,
): void {
  const milliseconds = millisecondsBetween(startTime, completionTime);
  if (milliseconds !== undefined)
    metrics.operationEnded(operation, OUTCOMES[phase ?? 'Failed'], milliseconds);
}

const OUTCOMES: Readonly<Record<VMOperationPhase, OperationOutcome>> = {
  ...{ Pending: 'failed', Running: 'failed', Failed: 'failed' },
  Succeeded: 'succeeded',
  Cancelled: 'cancelled',
};
