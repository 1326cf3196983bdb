import type { EffectiveSpec } from '@hypersdk/api';
import type { DrainConfig, EvictionStrategy } from './config.ts';

/** What is to become of the guest when its node is drained. */
export function evictionStrategyOf(
  { highAvailability }: Pick<EffectiveSpec, 'highAvailability'>,
  { evictionStrategy }: Pick<DrainConfig, 'evictionStrategy'>,
): EvictionStrategy {
  return highAvailability?.evictionStrategy ?? evictionStrategy;
}
