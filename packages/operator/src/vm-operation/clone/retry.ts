import type { VMOperationStatus } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { ClonePlan } from './actions.ts';

/** Milliseconds after which a copier that failed is tried again. */
const RETRY_MS = 15_000;

/** The next copier is made when this one is gone. */
export function retry(
  copier: Pod,
  { message, time }: { readonly message: string; readonly time: string },
  { status, now }: { readonly status: VMOperationStatus; readonly now: Date },
): ClonePlan {
  const wait = Date.parse(time) + RETRY_MS - now.getTime();
  const told = { ...status, message: `${message}; it is tried again` };
  if (wait > 0) return { status: told, actions: [], requeueAfter: wait };
  const actions = copier.metadata.deletionTimestamp ? [] : [{ type: 'deleteWorker', pod: copier } as const];
  return { status: told, actions };
}
