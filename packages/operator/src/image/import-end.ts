import { ImportState } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { workerEnd, type WorkerEnd, type WorkerFailure } from '../worker/worker-end.ts';

export type ImportEnd = WorkerEnd<ImportState>;

const words = { worker: 'importer', pod: 'import pod', failure: 'ImportFailed', schema: ImportState };

export function importEnd(pod: Pod): ImportEnd {
  return pod.status?.reason === 'DeadlineExceeded' ? timedOut(pod) : workerEnd(pod, words);
}

/** The kubelet ended it. */
function timedOut({ spec, metadata, status }: Pod): WorkerFailure {
  const ended = status?.containerStatuses?.[0]?.state?.terminated?.finishedAt;
  const message = `The attempt took longer than the ${spec?.activeDeadlineSeconds ?? 0} s of prepare.timeout`;
  const time = ended ?? metadata.creationTimestamp ?? '';
  return { type: 'failed', reason: 'Timeout', message, time, permanent: false, isTold: false };
}
