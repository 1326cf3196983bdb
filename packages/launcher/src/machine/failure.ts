import { messageOf, ProblemError, TransientError } from '../problem.ts';
import type { Failure } from './observe/observed.ts';

/** Milliseconds. */
const FIRST_RETRY = 500;
const LONGEST_RETRY = 30_000;

/** What an error means for the plan; `attempt` counts the failures in a row from 1, `longest` is the longest wait after one. */
export function failure(what: string, error: unknown, attempt: number, longest = LONGEST_RETRY): Failure {
  if (error instanceof ProblemError) {
    return { problem: error.problem, permanent: true, retryAt: later(LONGEST_RETRY) };
  }
  const problem =
    error instanceof TransientError
      ? error.problem
      : { reason: 'PreparationFailed', message: `${what}: ${messageOf(error)}; it is tried again.` };
  return {
    problem,
    permanent: false,
    retryAt: later(Math.min(FIRST_RETRY * 2 ** (attempt - 1), longest)),
  };
}

const later = (milliseconds: number): Date => new Date(Date.now() + milliseconds);
