import type { MachineProblem } from '@hypersdk/api/machine';

/** A failure that trying again does not cure until somebody acts on `problem.message`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: MachineProblem;
  constructor(problem: MachineProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** A failure worth another try after a while; `problem` says meanwhile what is waited for. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly problem: MachineProblem;
  constructor(problem: MachineProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
