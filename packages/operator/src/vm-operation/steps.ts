import type { VMOperationStatus } from '@hypersdk/api';

type Status = Pick<VMOperationStatus, 'steps' | 'message' | 'progress'>;

/** The step of the snapshot that is taken before anything else. */
export const SNAPSHOT_BEFORE = 'snapshotBefore';
/** The step in which the disks go back to it. */
export const ROLLBACK = 'rollback';

/** The status with this step begun and those before it ended. */
export function atStep(
  status: VMOperationStatus,
  step: string,
  told: Pick<Status, 'message' | 'progress'>,
  now: Date,
): VMOperationStatus {
  const { steps = [] } = status;
  if (steps.some(({ name }) => name === step)) return { ...status, ...told };
  return { ...status, ...told, steps: [...ended(steps, now), { name: step, startTime: now.toISOString() }] };
}

/** Whether a later step has begun. */
export function isPast({ steps = [] }: Pick<Status, 'steps'>, step: string): boolean {
  return steps.length > 0 && steps.at(-1)?.name !== step;
}

/** Whether the kind's own work has begun, and not only what comes before it. */
export function isWorkBegun({ steps = [] }: Pick<Status, 'steps'>): boolean {
  return steps.some(({ name }) => name !== SNAPSHOT_BEFORE);
}

export function allEnded(status: VMOperationStatus, now: Date): VMOperationStatus {
  return status.steps ? { ...status, steps: ended(status.steps, now) } : status;
}

function ended(steps: NonNullable<Status['steps']>, now: Date): NonNullable<Status['steps']> {
  return steps.map((step) => (step.completionTime ? step : { ...step, completionTime: now.toISOString() }));
}
