import type { ChangedFields, VirtualMachine, VMSnapshot, VMOperationStatus } from '@hypersdk/api';
import type { OwnerReference, PersistentVolumeClaim, Pod } from '@hypersdk/kube';

/** Fields of a VM's spec that an operation writes; null takes one away. */
export type SpecPatch = {
  readonly [Field in keyof ChangedFields]?: ChangedFields[Field] | null;
};

/** What the plan of an operation or a snapshot may ask for. Each may be repeated: the operator may die after any of them. */
export type WorkAction =
  /** Fields that the operation names, on its user's behalf. */
  | { readonly type: 'patchVm'; readonly vm: VirtualMachine; readonly patch: SpecPatch }
  /** The whole list, unless somebody has written to the VM since. */
  | {
      readonly type: 'growDisks';
      readonly vm: VirtualMachine;
      readonly disks: NonNullable<VirtualMachine['spec']['disks']>;
    }
  | { readonly type: 'deleteVm'; readonly vm: VirtualMachine }
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
  | { readonly type: 'deleteSnapshot'; readonly snapshot: VMSnapshot }
  | { readonly type: 'createWorker'; readonly pod: Pod }
  /** Give it the Secret that it waits for: whoever made it died before. */
  | { readonly type: 'identifyWorker'; readonly pod: Pod }
  | { readonly type: 'deleteWorker'; readonly pod: Pod }
  /** The disks are made: the clone is its own from now on, and runs where that is asked for. */
  | { readonly type: 'release'; readonly target: VirtualMachine; readonly isStarted: boolean }
  | { readonly type: 'deleteTarget'; readonly target: VirtualMachine };

export interface OperationPlan {
  readonly status: VMOperationStatus;
  /** Done in this order before the status is written. */
  readonly actions: readonly WorkAction[];
  /** Milliseconds until something that no event announces, such as a time-out. */
  readonly requeueAfter?: number;
  /** The object of an operation that has ended is to go. */
  readonly isExpired?: boolean;
}
