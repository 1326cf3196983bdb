/** Of two times as Kubernetes writes them; undefined where one is not known. */
export function millisecondsBetween(start: string | undefined, end: string | undefined): number | undefined {
  if (start === undefined || end === undefined) return undefined;
  return Math.max(0, Date.parse(end) - Date.parse(start));
}
