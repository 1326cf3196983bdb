import type { VMOperationStatus } from '@hypersdk/api';

/** What a clone does, in order. */
export type CloneStep = 'create' | 'hold' | 'claims' | 'copy' | 'release';

type Status = Pick<VMOperationStatus, 'steps' | 'message' | 'progress'>;

/** The status with this step begun and those before it ended. */
export function atStep(
  status: VMOperationStatus,
  step: CloneStep,
  told: Pick<Status, 'message' | 'progress'>,
  now: Date,
): VMOperationStatus {
  const { steps = [] } = status;
  if (steps.some(({ name }) => name === step)) return { ...status, ...told };
  return { ...status, ...told, steps: [...ended(steps, now), { name: step, startTime: now.toISOString() }] };
}

/** Whether a later step has begun. */
export function isPast({ steps = [] }: Pick<Status, 'steps'>, step: CloneStep): boolean {
  return steps.length > 0 && steps.at(-1)?.name !== step;
}

export function allEnded(status: VMOperationStatus, now: Date): VMOperationStatus {
  return status.steps ? { ...status, steps: ended(status.steps, now) } : status;
}

function ended(steps: NonNullable<Status['steps']>, now: Date): NonNullable<Status['steps']> {
  return steps.map((step) => (step.completionTime ? step : { ...step, completionTime: now.toISOString() }));
}
