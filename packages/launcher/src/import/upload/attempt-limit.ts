import { TransientError } from '../../problem.ts';

/** How long an attempt may take once its first byte has come: waiting for a client takes as long as it takes. */
export class AttemptLimit {
  readonly #milliseconds: number | undefined;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number | undefined) {
    this.#milliseconds = milliseconds;
  }

  /** What the attempt is to be given. */
  on(signal: AbortSignal): { readonly signal: AbortSignal; readonly onFirstByte: () => void } {
    return {
      signal: AbortSignal.any([signal, this.#controller.signal]),
      onFirstByte: () => {
        if (this.#milliseconds !== undefined) this.#begin(this.#milliseconds);
      },
    };
  }

  /** Once the time is over. */
  get problem(): TransientError | undefined {
    const reason: unknown = this.#controller.signal.reason;
    return reason instanceof TransientError ? reason : undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #begin(milliseconds: number): void {
    this.#timer ??= setTimeout(() => {
      const message = `The attempt took longer than the ${milliseconds / 1000} s of prepare.timeout`;
      this.#controller.abort(new TransientError({ reason: 'Timeout', message }));
    }, milliseconds);
  }
}
