import { ImportState } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';

export type ImportEnd =
  | { readonly type: 'running' }
  | { readonly type: 'succeeded'; readonly result: ImportState }
  | {
      readonly type: 'failed';
      readonly reason: string;
      readonly message: string;
      /** Only somebody else can help. */ readonly permanent: boolean;
      /** RFC 3339. */ readonly time: string;
    };

/** The importer's exit code when another try would end as this one has. */
const PERMANENT = 1;

/** How an import pod ended, from the state that the importer leaves as its termination message. */
export function importEnd(pod: Pod): ImportEnd {
  if (pod.status?.reason === 'DeadlineExceeded') return timedOut(pod);
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (!ended) return pod.status?.phase === 'Failed' ? evicted(pod) : { type: 'running' };
  const time = ended.finishedAt ?? pod.metadata.creationTimestamp ?? '';
  const state = parseState(ended.message);
  if (ended.exitCode === 0 && state?.phase === 'Ready') return { type: 'succeeded', result: state };
  const reason = state?.problem?.reason ?? ended.reason ?? 'ImportFailed';
  return {
    type: 'failed',
    reason,
    message: state?.problem?.message ?? `The importer ended with code ${ended.exitCode}`,
    time,
    permanent: ended.exitCode === PERMANENT && state?.problem !== undefined,
  };
}

/** The kubelet ended it. */
function timedOut({ spec, metadata, status }: Pod): ImportEnd {
  const ended = status?.containerStatuses?.[0]?.state?.terminated?.finishedAt;
  const message = `The attempt took longer than the ${spec?.activeDeadlineSeconds ?? 0} s of prepare.timeout`;
  const time = ended ?? metadata.creationTimestamp ?? '';
  return { type: 'failed', reason: 'Timeout', message, time, permanent: false };
}

/** A pod that failed as a whole has no containers to ask. */
function evicted({ status, metadata }: Pod): ImportEnd {
  const message = status?.message ?? 'The import pod failed';
  return {
    type: 'failed',
    reason: status?.reason ?? 'PodFailed',
    message,
    time: metadata.creationTimestamp ?? '',
    permanent: false,
  };
}

function parseState(message: string | undefined): ImportState | undefined {
  try {
    return ImportState.parse(JSON.parse(message ?? ''));
  } catch {
    return undefined;
  }
}
