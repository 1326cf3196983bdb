/** KVM as Kubernetes sees it: a resource of nodes, which the optional device plugin offers. */
import { parseMillis, type EffectiveSpec } from '@hypersdk/api';
import type { Node, Pod } from '@hypersdk/kube';
import type { Config } from '../../config.ts';

export const KVM_RESOURCE = 'devices.hypersdk.io/kvm';

/** Whether a pod that asks for KVM may be put on the node now. */
export function offersKvm({ spec, status }: Node): boolean {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return (
    isReady === true && !spec?.unschedulable && parseMillis(status?.allocatable?.[KVM_RESOURCE] ?? '0') > 0
  );
}

/** Affinity and taints are left to the scheduler. */
export function isSelected({ metadata }: Node, { nodeSelector = {} }: EffectiveSpec): boolean {
  return Object.entries(nodeSelector).every(([label, value]) => metadata.labels?.[label] === value);
}

export interface KvmContext {
  readonly spec: EffectiveSpec;
  readonly config: Config;
  /** A node that the VM's nodeSelector admits offers KVM. */
  readonly isKvmOffered: boolean;
}

/** Whether a pod that is made now is to ask for KVM. One that does runs only where KVM is. */
export function asksForKvm({ spec, config, isKvmOffered }: KvmContext): boolean {
  switch (spec.acceleration ?? config.acceleration) {
    case 'kvm':
      return true;
    case 'auto':
      return isKvmOffered;
    case 'tcg':
      return false;
  }
}

export function hasAskedForKvm({ spec }: Pod): boolean {
  return spec?.containers.some(({ resources }) => resources?.limits?.[KVM_RESOURCE] !== undefined) ?? false;
}

/** The Ready condition's reason, by which the VMs are found that a node with KVM concerns. */
export const KVM_NOT_OFFERED = 'KvmNotOffered';
