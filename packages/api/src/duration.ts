import * as z from 'zod';

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** A span as Go and Kubernetes write it, and days: `90s`, `1h30m`, `300ms`, `7d`. */
export const Duration = z
  .string()
  .max(32)
  .regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$/);

/** Milliseconds. Throws RangeError on text that is not a duration. */
export function parseDuration(text: string): number {
  if (!Duration.safeParse(text).success) {
    throw new RangeError(`${JSON.stringify(text)} is not a duration; write for example "90s" or "10m"`);
  }
  const parts = [...text.matchAll(PART)];
  return parts.reduce(
    (sum, [, value, unit]) => sum + Number(value) * MILLISECONDS[unit as keyof typeof MILLISECONDS],
    0,
  );
}
