import { CopyState } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';

export type CopierEnd =
  | { readonly type: 'running' }
  | { readonly type: 'succeeded' }
  /** `isFinal`: another try would end as this one has. Time as RFC 3339. */
  | { readonly type: 'failed'; readonly message: string; readonly isFinal: boolean; readonly time: string };

/** The copier's exit code when only somebody else can help. */
const PERMANENT = 1;

/** How a copier ended, from the state that it leaves as its termination message. */
export function copierEnd(pod: Pod): CopierEnd {
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (!ended) return pod.status?.phase === 'Failed' ? evicted(pod) : { type: 'running' };
  const state = parsed(ended.message);
  if (ended.exitCode === 0 && state?.phase === 'Ready') return { type: 'succeeded' };
  return {
    type: 'failed',
    message: state?.problem?.message ?? `The copier ended with code ${ended.exitCode}`,
    isFinal: ended.exitCode === PERMANENT && state?.problem !== undefined,
    time: ended.finishedAt ?? pod.metadata.creationTimestamp ?? '',
  };
}

/** A pod that failed as a whole has no containers to ask. */
function evicted({ status, metadata }: Pod): CopierEnd {
  const message = status?.message ?? 'The copier pod failed';
  return { type: 'failed', message, isFinal: false, time: metadata.creationTimestamp ?? '' };
}

function parsed(message: string | undefined): CopyState | undefined {
  try {
    return CopyState.parse(JSON.parse(message ?? ''));
  } catch {
    return undefined;
  }
}
