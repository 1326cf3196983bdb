import { setTimeout as delay } from 'node:timers/promises';

/** Holds what is read up, so that it comes at no more than so many bytes a second. */
export class Pace {
  readonly #bandwidth: number | undefined;
  readonly #begun = performance.now();
  #bytes = 0;

  constructor(bandwidth: number | undefined) {
    this.#bandwidth = bandwidth;
  }

  /** Resolves when more may be read. */
  async keep(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bandwidth === undefined) return;
    this.#bytes += bytes;
    const ahead = (1000 * this.#bytes) / this.#bandwidth - (performance.now() - this.#begun);
    if (ahead > 0) await delay(ahead, undefined, { signal });
  }
}
