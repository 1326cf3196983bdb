export interface Backoff {
  /** Milliseconds before the first repetition; each further one takes twice as long. */
  readonly initial: number;
  readonly max: number;
}

/** Milliseconds to wait after `failures` in a row (from 1): exponential, less up to half at random. */
export function backoffDelay({ initial, max }: Backoff, failures: number): number {
  const full = Math.min(max, initial * 2 ** Math.max(0, failures - 1));
  return full * (1 - Math.random() / 2);
}
