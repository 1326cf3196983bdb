import * as z from 'zod';

/** When a VM shall run, in KubeVirt's words. */
export const RunStrategy = z.enum(['Always', 'RerunOnFailure', 'Manual', 'Halted']);
/** What a guest is to do. */
export const DesiredPower = z.enum(['On', 'Off', 'Paused']);
export type RunStrategy = z.infer<typeof RunStrategy>;

/** `running` is the short form; with neither field a VM runs. */
export function runStrategyOf(spec: {
  readonly running?: boolean | undefined;
  readonly runStrategy?: RunStrategy | undefined;
}): RunStrategy {
  return spec.runStrategy ?? (spec.running === false ? 'Halted' : 'Always');
}
