/** Everything that a decision about one VMTemplate rests on. */
import type { ImportState, VirtualMachine, VMTemplate } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod, StorageClass } from '@hypersdk/kube';
import type { Config } from '../config.ts';

export interface ObservedTemplate {
  readonly template: VMTemplate;
  readonly claim: PersistentVolumeClaim | undefined;
  /** Import pods of this template's uid. */
  readonly pods: readonly Pod[];
  /** VMs that name the template. */
  readonly users: readonly VirtualMachine[];
  /** What the running importer says; undefined while it does not answer. */
  readonly progress: ImportState | undefined;
  readonly storageClasses: readonly StorageClass[];
  readonly config: Config;
}
