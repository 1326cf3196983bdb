const MIB = 1024 * 1024;
/** By how much of itself what was told must be wrong before it is told anew: each time costs a write of status. */
const STEP = 1 / 4;

/** What was told last, until what is measured is off by a quarter; in whole MiB. */
export function steadyOverhead(told: number | undefined, measured: number | undefined): number | undefined {
  if (measured === undefined) return told;
  const isNews = told === undefined || Math.abs(measured - told) >= told * STEP;
  return isNews ? Math.round(measured / MIB) * MIB : told;
}
