/** What a decision about an operation flatten rests on, beside what any operation's does. */
import type { CopyState } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import type { ObservedOperation } from '../observed.ts';
import type { ResolvedDisk } from '../../virtual-machine/disks/resolved-disk.ts';
import type { Placement } from '../../virtual-machine/pod/scheduling.ts';

export interface ObservedFlatten extends ObservedOperation {
  /** The VM's disks, or why they are not to be had. */
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  /** The claims of the VM's disks, and those that they stand on, by name. */
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** Names of the VM's snapshots, which stand on what its disks stand on. */
  readonly snapshots: readonly string[];
  /** Claims whose own VM is gone, and that no other VM's disks stand on. */
  readonly abandoned: ReadonlySet<string>;
  /** Where the VM can go. */
  readonly place: Placement;
  /** Works on the disks of a guest that is off. */
  readonly copier: Pod | undefined;
  /** What it says now; missing progress is no failure. */
  readonly progress: CopyState | undefined;
  readonly config: Config;
}
