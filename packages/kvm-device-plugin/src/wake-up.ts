/** Remembers that something happened until somebody waits for it; what happens in between counts once. */
export class WakeUp {
  #pending = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** Resolves after a wake-up since the last wait began to be answered, the given milliseconds, or the signal. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) await this.#next(milliseconds, signal);
    this.#pending = false;
  }

  async #next(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      resolve(undefined);
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    this.#resolve = end;
    await promise;
    this.#resolve = undefined;
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
