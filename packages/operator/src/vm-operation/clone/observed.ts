/** What a decision about an operation clone rests on, beside what any operation's does. */
import type { CopyState, EffectiveSpec, VirtualMachine, VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod, StorageClass } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import type { ObservedOperation } from '../observed.ts';
import type { ResolvedDisk } from '../../virtual-machine/disks/resolved-disk.ts';

export interface ObservedClone extends ObservedOperation {
  /** The source's spec with nothing left open. Undefined while there is no source. */
  readonly spec: EffectiveSpec | undefined;
  /** The source's disks, or why they are not to be had. */
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  /** The one that `cloneSpec.snapshotRef` names. */
  readonly snapshot: VMSnapshot | undefined;
  /** The VM of the clone's name, whoever made it. */
  readonly target: VirtualMachine | undefined;
  /** All claims that belong to the source, or that it stands on, by name. */
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** The claims of the clone's namespace that have the names of the clone's disks, by name. */
  readonly made: ReadonlyMap<string, PersistentVolumeClaim>;
  /** The clone's namespace is there. */
  readonly isNamespaceThere: boolean;
  readonly copier: Pod | undefined;
  /** Whether the pods that copy have their Secrets, where there are any. */
  readonly isIdentified: boolean;
  /** What lets a copier of another namespace read the source's disks. */
  readonly server: Pod | undefined;
  /** What the copier says now; missing progress is no failure. */
  readonly progress: CopyState | undefined;
  readonly storageClasses: readonly StorageClass[];
  readonly config: Config;
}
