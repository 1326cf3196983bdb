import type { Node } from '@hypersdk/kube';
import type { DrainConfig } from './config.ts';

/** Cordoned, as `kubectl drain` does first, or tainted by whoever empties nodes in another way. */
export function isDraining({ spec }: Node, { taints }: Pick<DrainConfig, 'taints'>): boolean {
  const isTainted = spec?.taints?.some(({ key }) => taints.includes(key)) ?? false;
  return (spec?.unschedulable ?? false) || isTainted;
}
