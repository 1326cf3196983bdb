import type { WorkQueue } from '@hypersdk/kube';

/** By the name of the controller. */
export type Queues = ReadonlyMap<string, WorkQueue>;
