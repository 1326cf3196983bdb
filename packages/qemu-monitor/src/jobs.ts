import type { QmpClient } from './client.ts';
import { JobError } from './errors.ts';
import type { JobInfo } from './types.ts';
import type { WaitOptions } from './wait.ts';

export interface JobWaitOptions extends WaitOptions {
  /** Also return, without dismissing it, a job that is `ready` (mirror, commit) or `pending` (auto-finalize off). */
  readonly until?: 'ready' | 'pending' | undefined;
}

/**
 * Waits for a job to conclude, dismisses it and returns what it was. It must have been started with
 * `auto-dismiss: false` (`blockdev-create` and `snapshot-save` always are), else its outcome is lost.
 *
 * Rejects with JobError when the job failed or is not known. An abort or a time-out leaves the job running.
 */
export async function waitForJob(
  qmp: QmpClient,
  id: string,
  { until, timeout = Infinity, signal }: JobWaitOptions = {},
): Promise<JobInfo> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const since = qmp.mark();
    const job = await findJob(qmp, id, signal);
    if (job.status === 'concluded') return conclude(qmp, job, signal);
    if (job.status === until) return job;
    const left = Math.max(0, deadline - performance.now());
    await qmp.waitForEvent('JOB_STATUS_CHANGE', {
      since,
      signal,
      timeout: left,
      where: ({ data }) => data.id === id && data.status !== job.status,
    });
  }
}

async function findJob(qmp: QmpClient, id: string, signal: AbortSignal | undefined): Promise<JobInfo> {
  const jobs = await qmp.execute('query-jobs', {}, { signal });
  const job = jobs.find((candidate) => candidate.id === id);
  if (job === undefined) throw new JobError(id, 'QEMU knows no such job (was it started with auto-dismiss?)');
  return job;
}

async function conclude(qmp: QmpClient, job: JobInfo, signal: AbortSignal | undefined): Promise<JobInfo> {
  await qmp.execute('job-dismiss', { id: job.id }, { signal });
  if (job.error !== undefined) throw new JobError(job.id, job.error);
  return job;
}
