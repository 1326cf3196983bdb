import type { PersistentVolumeClaim, StorageClass } from '@hypersdk/kube';
import type { ResolvedDisk } from '../../virtual-machine/disks/resolved-disk.ts';
import type { ObservedOperation } from '../observed.ts';
import type { NodeRoom } from './node-room.ts';

export interface ObservedResize extends ObservedOperation {
  /** Of the node that the guest runs on; undefined of a VM that does not run. */
  readonly node: NodeRoom | undefined;
  /** The VM's disks as they are, or why they are not to be had. */
  readonly disks: readonly ResolvedDisk[] | { readonly problem: string };
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  readonly storageClasses: readonly StorageClass[];
}
