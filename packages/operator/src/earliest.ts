/** The shortest of several waits, in milliseconds; undefined when there is none. */
export function earliest(...waits: (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
