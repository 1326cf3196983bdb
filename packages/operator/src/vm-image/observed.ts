/** Everything that a decision about one VMImage rests on. */
import type { VirtualMachine, VMImage } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { ImageInNamespace } from '../image/image-in-namespace.ts';

export interface ObservedVmImage {
  readonly vmImage: VMImage;
  readonly image: ImageInNamespace;
  /** VMs with a disk that names it. */
  readonly users: readonly VirtualMachine[];
  /** Claims of disks that stand on it, whoever named it. */
  readonly dependents: readonly PersistentVolumeClaim[];
}
