/** The end of an operation, and what comes after it. Pure. */
import type { VMOperation, VMOperationStatus } from '@hypersdk/api';
import { allEnded } from './steps.ts';
import type { OperationPlan } from './actions.ts';

export type End = Pick<VMOperationStatus, 'result' | 'preflight'> & {
  readonly phase: 'Succeeded' | 'Failed' | 'Cancelled';
  readonly message: string;
};

/** What is in status, as an answer to spec as it is now. */
export function answered({ status, metadata }: VMOperation): VMOperationStatus {
  const { generation } = metadata;
  return { ...status, ...(generation !== undefined && { observedGeneration: generation }) };
}

export function ended(operation: VMOperation, end: End, now: Date): OperationPlan {
  const { ending: _, ...before } = allEnded(answered(operation), now);
  const { phase, message, result = before.result, preflight = before.preflight } = end;
  const status: VMOperationStatus = {
    ...{ ...before, phase, message, completionTime: now.toISOString() },
    ...(result !== undefined && { result }),
    ...(preflight && { preflight }),
    ...(end.phase === 'Succeeded' && { progress: 100 }),
  };
  return withTimeToLive(operation, { status, actions: [] }, now);
}

/** It is deleted when its time is over. */
export function withTimeToLive(
  { spec }: VMOperation,
  planned: Pick<OperationPlan, 'status' | 'actions'>,
  now: Date,
): OperationPlan {
  const { ttlSecondsAfterFinished: ttl } = spec;
  if (ttl === undefined) return planned;
  const left = Date.parse(planned.status.completionTime ?? '') + ttl * 1000 - now.getTime();
  return left > 0 ? { ...planned, requeueAfter: left } : { ...planned, isExpired: true };
}

export type Ending = NonNullable<VMOperationStatus['ending']>;
