/** What a decision about an operation migrate rests on, beside what any operation's does. */
import type { VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim, Node } from '@hypersdk/kube';
import type { ObservedOperation } from '../observed.ts';
import type { ResolvedDisk } from '../../virtual-machine/disks/resolved-disk.ts';

export interface ObservedMigration extends ObservedOperation, Omit<Movable, 'vm'> {
  readonly nodes: readonly Node[];
  /** Bytes a second that the guest changes; asked for a dry run alone, which has the time. */
  readonly dirtyRate?: number | undefined;
}

/** A VM, and all of it that would have to move. */
export interface Movable {
  readonly vm: VirtualMachine | undefined;
  /** The VM's disks, or why they are not to be had. */
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  /** The claims of the VM's disks, and those that they stand on, by name. */
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** Names of the VM's snapshots. */
  readonly snapshots: readonly string[];
  /** Disks that pods of their own serve. */
  readonly served: readonly string[];
}
