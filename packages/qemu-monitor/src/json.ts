/**
 * JSON with exact integers. QMP carries 64-bit integers (sizes, addresses, nanoseconds), a JavaScript number
 * is exact to 2^53: an integer within that range is a `number`, one beyond it a `bigint`, in both directions.
 */
export type Integer = number | bigint;

const LONG_NUMBER = /\d{16}/;
const INTEGER = /^-?\d+$/;

export function parseJson(text: string): unknown {
  // A reviver makes parsing several times slower, and hardly a message has a number this long.
  return LONG_NUMBER.test(text) ? (JSON.parse(text, exactInteger) as unknown) : (JSON.parse(text) as unknown);
}

export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? rawJson(member.toString()) : member,
  );
}

function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}

function rawJson(text: string): unknown {
  // JSON.rawJSON is in Node since 22, but not in TypeScript's library yet.
  return (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON(text);
}
