/** What a decision about an operation clone rests on, beside what any operation's does. */
import type { CopyState, EffectiveSpec, VirtualMachine, VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod, StorageClass } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import type { ResolvedDisk } from '../../virtual-machine/disks/disks.ts';
import type { ObservedOperation } from '../observed.ts';

export interface ObservedClone extends ObservedOperation {
  /** The source's spec with nothing left open. Undefined while there is no source. */
  readonly spec: EffectiveSpec | undefined;
  /** The source's disks, or why they are not to be had. */
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  /** The one that `cloneSpec.snapshotRef` names. */
  readonly snapshot: VMSnapshot | undefined;
  /** The VM of the clone's name, whoever made it. */
  readonly target: VirtualMachine | undefined;
  /** All claims of the namespace that belong to the source or the clone, or that the source stands on, by name. */
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  readonly copier: Pod | undefined;
  /** Whether the copier has its Secret, where there is one. */
  readonly isIdentified: boolean;
  /** What the copier says now; missing progress is no failure. */
  readonly progress: CopyState | undefined;
  readonly storageClasses: readonly StorageClass[];
  readonly config: Config;
}
