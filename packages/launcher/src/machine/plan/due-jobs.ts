import { type Job, jobKey } from './action.ts';
import type { Failure, Observed } from '../observe/observed.ts';

/** Whether a job that is wanted is to be begun now: it is neither under way nor waiting after a failure. */
export function isDue({ jobs }: Pick<Observed, 'jobs'>, job: Job, now: Date): boolean {
  const state = jobs.get(jobKey(job));
  if (!state) return true;
  return state.state === 'failed' && (state.action !== JSON.stringify(job) || state.retryAt <= now);
}

/** What went wrong with jobs that are still wanted. */
export function failedJobs({ jobs }: Pick<Observed, 'jobs'>, wanted: readonly Job[]): Failure[] {
  return wanted.flatMap((job) => {
    const state = jobs.get(jobKey(job));
    return state?.state === 'failed' && state.action === JSON.stringify(job) ? [state] : [];
  });
}

export function earliest(times: readonly Date[]): Date | undefined {
  return times.length > 0 ? new Date(Math.min(...times.map(Number))) : undefined;
}
