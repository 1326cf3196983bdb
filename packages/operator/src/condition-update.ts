import type { ConditionUpdate } from '@hypersdk/api';

/** One of several conditions, to all of which the generation that they answer is given at once. */
export type Update = Omit<ConditionUpdate, 'observedGeneration'>;
