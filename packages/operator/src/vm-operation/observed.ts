import type { VirtualMachine, VMOperation, VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import type { ResolvedDisk } from '../virtual-machine/disks/resolved-disk.ts';
import type { Placement } from '../virtual-machine/pod/scheduling.ts';

export interface ObservedOperation {
  readonly operation: VMOperation;
  readonly vm: VirtualMachine | undefined;
  /** Other operations on this VM that have not ended, oldest first. */
  readonly others: readonly VMOperation[];
  /** All snapshots of the VM, oldest first. */
  readonly family?: readonly VMSnapshot[];
  /** What a snapshot before it rests on, where it asks for one. */
  readonly safety?: ObservedSafety;
}

/** What is looked at to take disks back to a snapshot. */
export interface ObservedLayers {
  /** Disks that a snapshot is of, or why they are not to be had. */
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** Where the VM can go. */
  readonly place: Placement;
  /** Names of the VMs whose disks stand on these. */
  readonly linkedClones: readonly string[];
  /** Works on the disks. */
  readonly keeper: Pod | undefined;
  readonly config: Config;
}

export interface ObservedSafety extends ObservedLayers {
  /** The VMSnapshot of the name, whoever made it. */
  readonly snapshot: VMSnapshot | undefined;
}
