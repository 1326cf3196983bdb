/** Remembers that something happened until somebody looks; wake-ups in between are one. */
export class WakeUp {
  #pending = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** Called before looking, so that what happens during the look is not lost. */
  clear(): void {
    this.#pending = false;
  }

  /** Until a wake-up since the last `clear`, the given time, or the signal. */
  async wait(until: Date, signal: AbortSignal): Promise<void> {
    if (this.#pending || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      resolve(undefined);
    };
    const timer = setTimeout(end, until.getTime() - Date.now());
    this.#resolve = end;
    signal.addEventListener('abort', end);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    this.#resolve = undefined;
  }
}
