const BITS = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;
const FORM = /^(\d+(?:\.\d+)?)([KMGT]?)bps$/;

/** Bytes a second of a bandwidth in bits, such as `100Mbps`; at least one. Throws RangeError on other text. */
export function parseBandwidth(text: string): number {
  const [, value, unit = ''] = FORM.exec(text) ?? [];
  if (value === undefined) {
    throw new RangeError(`${JSON.stringify(text)} is not a bandwidth; write for example "100Mbps"`);
  }
  return Math.max(1, Math.floor((Number(value) * BITS[unit as keyof typeof BITS]) / 8));
}
