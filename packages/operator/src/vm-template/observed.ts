/** Everything that a decision about one VMTemplate rests on. */
import type { VirtualMachine, VMTemplate } from '@hypersdk/api';
import type { ImageInNamespace } from '../image/image-in-namespace.ts';

export interface ObservedTemplate {
  readonly template: VMTemplate;
  /** Its image in its own namespace. */
  readonly image: ImageInNamespace;
  /** VMs that name the template, and may. */
  readonly users: readonly VirtualMachine[];
}
