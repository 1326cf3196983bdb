/** What a decision about one VMSnapshot rests on. */
import type { VirtualMachine, VMOperation, VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import type { ResolvedDisk } from '../virtual-machine/disks/resolved-disk.ts';
import type { Placement } from '../virtual-machine/pod/scheduling.ts';

export interface ObservedSnapshot {
  readonly snapshot: VMSnapshot;
  readonly vm: VirtualMachine | undefined;
  /** All snapshots of the VM, this one too, oldest first. */
  readonly family: readonly VMSnapshot[];
  /** Operations on the VM that have not ended. */
  readonly operations: readonly VMOperation[];
  /** Disks that a snapshot is of, or why they are not to be had. */
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** Where the VM can go. */
  readonly place: Placement;
  /** Names of the VMs whose disks stand on this one's. */
  readonly linkedClones: readonly string[];
  /** Pods that work for it, by their names. */
  readonly keepers: readonly Pod[];
  readonly config: Config;
}
