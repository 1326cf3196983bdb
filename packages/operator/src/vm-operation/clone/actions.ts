import type { VirtualMachine, VMSnapshot } from '@hypersdk/api';
import type { OwnerReference, PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import type { OperationPlan } from '../plan.ts';

/** What the plan of a clone may ask for. Each may be repeated: the operator may die after any of them. */
export type CloneAction =
  | { readonly type: 'createTarget'; readonly target: VirtualMachine }
  | { readonly type: 'createClaim'; readonly claim: PersistentVolumeClaim }
  | {
      readonly type: 'keepClaim';
      readonly claim: PersistentVolumeClaim;
      readonly owners: readonly OwnerReference[];
    }
  /** A disk's claim says that it stands on no other any more. */
  | { readonly type: 'standAlone'; readonly claim: PersistentVolumeClaim }
  | { readonly type: 'deleteClaim'; readonly claim: PersistentVolumeClaim }
  | { readonly type: 'createSnapshot'; readonly snapshot: VMSnapshot }
  | { readonly type: 'createWorker'; readonly pod: Pod }
  /** Give it the Secret that it waits for: whoever made it died before. */
  | { readonly type: 'identifyWorker'; readonly pod: Pod }
  | { readonly type: 'deleteWorker'; readonly pod: Pod }
  /** The disks are made: the clone is its own from now on, and runs where that is asked for. */
  | { readonly type: 'release'; readonly target: VirtualMachine; readonly isStarted: boolean }
  | { readonly type: 'deleteTarget'; readonly target: VirtualMachine };

export interface ClonePlan extends OperationPlan {
  readonly actions: readonly CloneAction[];
}
