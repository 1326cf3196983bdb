/** What is done to whom in a run of the harness: one seed gives the same choices again. */

export const victims = [
  'nobody',
  'source QEMU',
  'target QEMU',
  'source launcher',
  'target launcher',
  'operator',
  'API server',
  'pods’ network',
  'node’s network',
  'operation', // it is cancelled
] as const;
export type Victim = (typeof victims)[number];

/** Those that every migration has to do with. */
export const isCommon = (victim: Victim): boolean =>
  /^(operator|API server|pods’ network|node’s network)$/.test(victim);

export interface Fault {
  readonly victim: Victim;
  /** When: 1 is the time that a migration takes undisturbed. */
  readonly at: number;
  /** How long a network is cut. */
  readonly milliseconds: number;
  /** Which node's network. */
  readonly node: number;
}

/** How disks get to the other node: both mount them, or they are copied. */
export const storages = ['shared', 'mirrored'] as const;
export type Storage = (typeof storages)[number];

const LONGEST_CUT = 8_000;
const TWO_FAULTS = 0.25;

/** Of the migrations of one VM: to each one fault, or two. */
export function* choices(seed: number): Generator<readonly Fault[], never> {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const one = <T>(all: readonly [T, ...T[]]): T => all[below(all.length)] ?? all[0];
  const fault = (): Fault => ({
    victim: one(victims),
    at: 1.2 * random(),
    milliseconds: below(LONGEST_CUT),
    node: below(2),
  });
  for (;;) yield random() < TWO_FAULTS ? [fault(), fault()] : [fault()];
}

/** Mulberry32, in the public domain: small, and good enough for choices. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
