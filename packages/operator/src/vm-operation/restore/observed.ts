import type { VMSnapshot } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { ObservedLayers, ObservedOperation } from '../observed.ts';
import type { WantedShape } from './shape-differences.ts';

export interface ObservedRestore extends ObservedOperation, ObservedLayers {
  readonly snapshot: VMSnapshot | undefined;
  /** Brings the disks back where the guest does not go on. */
  readonly undoer: Pod | undefined;
  /** The machine that spec asks for, where the VM is there. */
  readonly wanted: WantedShape | undefined;
}
