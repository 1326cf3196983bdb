import { isDeepStrictEqual } from 'node:util';

/** Whether two values are the same on the wire, where fields that are undefined do not exist. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? {})) as unknown;
}
