export interface Rate {
  readonly burst: number;
  /** Milliseconds after which one more is allowed. */
  readonly interval: number;
}

/** Allows `burst` at once, then one each interval. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #since = Date.now();

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  take(): boolean {
    const now = Date.now();
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (now - this.#since) / this.#rate.interval);
    this.#since = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
