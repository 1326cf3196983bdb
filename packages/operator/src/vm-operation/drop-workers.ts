import type { Pod } from '@hypersdk/kube';
import type { WorkAction } from './actions.ts';

/** Ends the pods of those that are there and do not go already. */
export const dropWorkers = (
  ...pods: readonly (Pod | undefined)[]
): Extract<WorkAction, { type: 'deleteWorker' }>[] =>
  pods.flatMap((pod) => (pod && !pod.metadata.deletionTimestamp ? [{ type: 'deleteWorker', pod }] : []));
