import type { Pod } from '@hypersdk/kube';
import type { Undoing } from './kind.ts';

/** Milliseconds after which a worker that failed is tried again. */
const RETRY_MS = 15_000;

/** The next worker is made when this one is gone. */
export function retry(
  worker: Pod,
  { message, time }: { readonly message: string; readonly time: string },
  now: Date,
): Required<Pick<Undoing, 'message' | 'actions'>> & Pick<Undoing, 'requeueAfter'> {
  const wait = Date.parse(time) + RETRY_MS - now.getTime();
  const told = `${message}; it is tried again`;
  if (wait > 0) return { message: told, actions: [], requeueAfter: wait };
  const isGoing = worker.metadata.deletionTimestamp !== undefined;
  return { message: told, actions: isGoing ? [] : [{ type: 'deleteWorker', pod: worker }] };
}
