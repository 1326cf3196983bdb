import type { QmpClient } from './client.ts';
import { JobError } from './errors.ts';
import type { JobInfo } from './types.ts';
import { wait, type WaitOptions } from './wait.ts';

export interface JobWaitOptions extends WaitOptions {
  /**
   * Also return, without dismissing it, a job that is `ready` (mirror, commit), `pending` (auto-finalize off), or
   * `concluded`, however it ended.
   */
  readonly until?: 'ready' | 'pending' | 'concluded' | undefined;
}

/**
 * Waits for a job to conclude, dismisses it and returns what it was. It must have been started with
 * `auto-dismiss: false` (`blockdev-create` and `snapshot-save` always are), else its outcome is lost.
 *
 * Rejects with JobError when the job failed, was cancelled or is not known. An abort or a time-out leaves
 * the job running.
 */
export function waitForJob(
  qmp: QmpClient,
  id: string,
  { until, ...bounds }: JobWaitOptions = {},
): Promise<JobInfo> {
  return wait(`job ${id}`, bounds, (resolve, reject) => {
    const given = new AbortController();
    followJob(qmp, { id, until, signal: given.signal }).then(resolve, reject);
    return () => {
      given.abort();
    };
  });
}

interface FollowedJob {
  readonly id: string;
  readonly until: JobWaitOptions['until'];
  readonly signal: AbortSignal;
}

async function followJob(qmp: QmpClient, { id, until, signal }: FollowedJob): Promise<JobInfo> {
  for (;;) {
    // The event only says when to look again: what counts is what query-jobs says after the mark.
    const since = qmp.mark();
    const job = await findJob(qmp, id, signal);
    if (job.status === until) return job;
    if (job.status === 'concluded') return conclude(qmp, job, signal);
    await qmp.waitForEvent('JOB_STATUS_CHANGE', { since, signal, where: ({ data }) => data.id === id });
  }
}

async function findJob(qmp: QmpClient, id: string, signal: AbortSignal): Promise<JobInfo> {
  const jobs = await qmp.execute('query-jobs', {}, { signal });
  const job = jobs.find((candidate) => candidate.id === id);
  if (job === undefined) throw new JobError(id, 'QEMU has no such job; was it dismissed automatically?');
  return job;
}

async function conclude(qmp: QmpClient, job: JobInfo, signal: AbortSignal): Promise<JobInfo> {
  await qmp.execute('job-dismiss', { id: job.id }, { signal });
  if (job.error !== undefined) throw new JobError(job.id, job.error);
  return job;
}
