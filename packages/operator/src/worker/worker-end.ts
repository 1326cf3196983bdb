import type { MachineProblem } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';

export type WorkerEnd<State> =
  { readonly type: 'running' } | { readonly type: 'succeeded'; readonly result: State } | WorkerFailure;

export interface WorkerFailure {
  readonly type: 'failed';
  readonly reason: string;
  readonly message: string;
  /** Only somebody else can help: another try would end as this one has. */
  readonly permanent: boolean;
  /** It said why itself, and was not ended by somebody else at whatever it was doing. */
  readonly isTold: boolean;
  /** RFC 3339. */
  readonly time: string;
}

export interface WorkerWords<State> {
  /** Who ended, for people: `importer`, and in what: `import pod`. */
  readonly worker: string;
  readonly pod: string;
  /** Reason of a failure that names none. */
  readonly failure: string;
  readonly schema: { parse(value: unknown): State };
}

/** The worker's exit code when another try would end as this one has. */
const PERMANENT = 1;

interface WorkerState {
  readonly phase: string;
  readonly problem?: MachineProblem | undefined;
}

/** How a worker pod ended, from the state that it leaves as its termination message. */
export function workerEnd<State extends WorkerState>(pod: Pod, words: WorkerWords<State>): WorkerEnd<State> {
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (!ended) return pod.status?.phase === 'Failed' ? evicted(pod, words) : { type: 'running' };
  const state = parsed(ended.message, words);
  if (ended.exitCode === 0 && state?.phase === 'Ready') return { type: 'succeeded', result: state };
  return {
    type: 'failed',
    reason: state?.problem?.reason ?? ended.reason ?? words.failure,
    message: state?.problem?.message ?? `The ${words.worker} ended with code ${ended.exitCode}`,
    time: ended.finishedAt ?? pod.metadata.creationTimestamp ?? '',
    permanent: ended.exitCode === PERMANENT && state?.problem !== undefined,
    isTold: state?.problem !== undefined,
  };
}

/** Its program may have done something. One that no node has taken yet, or that still waits for its volumes, has not. */
export function hasBegun({ status }: Pod): boolean {
  const state = status?.containerStatuses?.[0]?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
}

/** A pod that failed as a whole has no containers to ask. */
function evicted({ status, metadata }: Pod, words: Pick<WorkerWords<never>, 'pod'>): WorkerFailure {
  return {
    type: 'failed',
    reason: status?.reason ?? 'PodFailed',
    message: status?.message ?? `The ${words.pod} failed`,
    time: metadata.creationTimestamp ?? '',
    permanent: false,
    isTold: false,
  };
}

function parsed<State>(message: string | undefined, { schema }: WorkerWords<State>): State | undefined {
  try {
    return schema.parse(JSON.parse(message ?? ''));
  } catch {
    return undefined;
  }
}
