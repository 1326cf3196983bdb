/** Features that are tried out: off unless the chart's `featureGates` says otherwise, and allowed to change. */
import * as z from 'zod';

const FeatureGate = z.enum([
  /** Clones with memory. */
  'InstantClone',
]);
const Setting = z.tuple([FeatureGate, z.enum(['true', 'false'])]);

/** Those that are on, of Kubernetes' own notation: `A=true,B=false`. */
export const FeatureGates = z
  .string()
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(
    z.array(
      z
        .string()
        .transform((setting) => setting.trim().split('='))
        .pipe(Setting),
    ),
  )
  .transform((settings): ReadonlySet<FeatureGate> => {
    const on = settings.filter(([, value]) => value === 'true');
    return new Set(on.map(([gate]) => gate));
  });

export type FeatureGate = z.infer<typeof FeatureGate>;
export type FeatureGates = z.infer<typeof FeatureGates>;
