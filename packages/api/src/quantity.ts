/**
 * Kubernetes quantities, exactly: `1.5Gi`, `500m`, `12e6` (apimachinery's resource.Quantity).
 * Nothing goes through a float; what is finer than the unit asked for is rounded up, as Kubernetes does.
 */
const NANO = 1_000_000_000n;
const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,2}))?$/;
const DECIMAL = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 } as const;
const BINARY = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;

/** The text is not a quantity, or not one that the caller can hold. */
export class QuantityError extends Error {
  override name = 'QuantityError';
}

/** Whole bytes, rounded up. Throws QuantityError on bad text and beyond 2^53 - 1. */
export function parseBytes(quantity: string): number {
  return safeNumber(quantity, divideUp(nanosOf(quantity), NANO));
}

/** Thousandths (of a CPU, for example), rounded up. Throws QuantityError on bad text and beyond 2^53 - 1. */
export function parseMillis(quantity: string): number {
  return safeNumber(quantity, divideUp(nanosOf(quantity), NANO / 1000n));
}

/** Negative, zero or positive, as for `Array.sort`. Throws QuantityError on bad text. */
export function compareQuantities(a: string, b: string): number {
  const difference = nanosOf(a) - nanosOf(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isQuantity(text: string): boolean {
  return parse(text) !== undefined;
}

/** The shortest binary form that is exact: 4294967296 is `4Gi`, 1000 is `1000`. */
export function formatBytes(bytes: number | bigint): string {
  const value = BigInt(bytes);
  const suffix = value === 0n ? undefined : BINARY.find((unit) => value % binaryUnit(unit) === 0n);
  return suffix === undefined ? value.toString() : `${value / binaryUnit(suffix)}${suffix}`;
}

/** 2500 is `2500m`, 2000 is `2`. */
export function formatMillis(millis: number | bigint): string {
  const value = BigInt(millis);
  return value % 1000n === 0n ? (value / 1000n).toString() : `${value}m`;
}

function nanosOf(text: string): bigint {
  const nanos = parse(text);
  if (nanos === undefined) {
    throw new QuantityError(`${JSON.stringify(text)} is not a quantity; write for example "512Mi" or "4Gi"`);
  }
  return nanos;
}

function parse(text: string): bigint | undefined {
  const [, sign = '', whole = '', fraction = '', binary, decimal, exponent] = FORM.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const power = 9 - fraction.length + exponentOf(decimal, exponent);
  const digits = BigInt(whole + fraction) * (binary === undefined ? 1n : binaryUnit(binary));
  const size = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
  return sign === '-' ? -size : size;
}

function exponentOf(suffix: string | undefined, exponent: string | undefined): number {
  if (suffix !== undefined) return DECIMAL[suffix as keyof typeof DECIMAL]; // FORM lets no other suffix through
  return exponent === undefined ? 0 : Number(exponent);
}

function binaryUnit(suffix: string): bigint {
  return 1024n ** BigInt('KMGTPE'.indexOf(suffix.charAt(0)) + 1);
}

function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value > 0n && value % by !== 0n ? quotient + 1n : quotient;
}

function safeNumber(text: string, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new QuantityError(`${text} is too large`);
  return number;
}
