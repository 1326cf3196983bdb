import type { EffectiveSpec, VirtualMachine } from '@hypersdk/api';
import type { Config } from '../../config.ts';
import type { ResolvedNetwork } from '../networks/networks.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';

/** What a pod is made from. */
export interface PodContext {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly disks: readonly ResolvedDisk[];
  readonly networks: readonly ResolvedNetwork[];
  readonly epoch: number;
  /** Whether it asks for KVM, and so runs only where KVM is. */
  readonly kvm: boolean;
  readonly config: Config;
}
