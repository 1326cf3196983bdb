/** What a plan may ask for. `execute` does each, and nothing else. */
import type { MachineSpec, VirtualMachineStatus, VMOperationManifest } from '@hypersdk/api';
import type { OwnerReference, PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import type { LauncherAddress } from '../../launchers/request.ts';
import type { Resources } from '../pod/containers.ts';

export type Action =
  | { readonly type: 'createClaim'; readonly claim: PersistentVolumeClaim }
  /** Of a disk that is in another claim since, or never came to be in it. */
  | { readonly type: 'deleteClaim'; readonly claim: PersistentVolumeClaim }
  /** The user's own request for a larger disk, passed on. */
  | { readonly type: 'growClaim'; readonly claim: PersistentVolumeClaim; readonly size: string }
  /** Owners as `deletePolicy` wants them. */
  | {
      readonly type: 'ownClaim';
      readonly claim: PersistentVolumeClaim;
      readonly owners: readonly OwnerReference[];
    }
  /** The pod first: its Secret belongs to it, and goes with it. */
  | { readonly type: 'createPod'; readonly pod: Pod; readonly machine: MachineSpec }
  /** Makes up for an operator that died between a pod and its Secret. */
  | { readonly type: 'ensureSecret'; readonly pod: Pod; readonly machine: MachineSpec }
  /** Gives a launcher that runs a new certificate; kubelet carries it there. */
  | { readonly type: 'renewSecret'; readonly pod: Pod; readonly machine: MachineSpec }
  /** A pod that serves a disk, and its Secret. */
  | { readonly type: 'createWorker'; readonly pod: Pod }
  /** In place: QEMU's container goes on with other requests and limits. */
  | { readonly type: 'resizePod'; readonly pod: Pod; readonly resources: Resources }
  | { readonly type: 'deletePod'; readonly pod: Pod; readonly gracePeriodSeconds?: number }
  /** Of that pod: nobody may evict it. */
  | { readonly type: 'createBudget'; readonly pod: Pod }
  | { readonly type: 'deleteBudget'; readonly pod: Pod }
  | { readonly type: 'createOperation'; readonly operation: VMOperationManifest }
  | { readonly type: 'putMachine'; readonly address: LauncherAddress; readonly machine: MachineSpec };

export interface PlannedEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface Plan {
  readonly actions: readonly Action[];
  readonly status: VirtualMachineStatus;
  readonly events: readonly PlannedEvent[];
  /** Milliseconds until something that no event announces. */
  readonly requeueAfter?: number;
  /** Set while the machine is on its way to another state. */
  readonly follow?: LauncherAddress;
  /** And while a guest is on its way to another pod. */
  readonly followTarget?: LauncherAddress;
}
