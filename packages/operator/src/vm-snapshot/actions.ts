import type { VMSnapshotStatus } from '@hypersdk/api';
import type { SnapshotAction as Counted } from '../metrics/outcomes.ts';
import type { PlannedEvent } from '../virtual-machine/plan/actions.ts';
import type { WorkAction } from '../vm-operation/actions.ts';
import type { OwnerReference } from '@hypersdk/kube';

/** What the plan of a snapshot may ask for. Each may be repeated: the operator may die after any of them. */
export type SnapshotAction =
  | Extract<WorkAction, { type: 'keepClaim' | 'createWorker' | 'deleteWorker' }>
  /** Of the snapshot itself: whose child it is. */
  | { readonly type: 'setOwners'; readonly owners: readonly OwnerReference[] };

export interface SnapshotPlan {
  readonly status: VMSnapshotStatus;
  readonly actions: readonly SnapshotAction[];
  readonly finalizer?: 'add' | 'remove';
  readonly event?: PlannedEvent;
  readonly counted?: {
    readonly action: Exclude<Counted, 'restore'>;
    readonly outcome: 'succeeded' | 'failed';
  };
  /** It has expired and was to be deleted then. */
  readonly isDeleted?: boolean;
  /** Milliseconds until something that no event announces. */
  readonly requeueAfter?: number;
}
