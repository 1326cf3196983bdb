import type { MachineState } from '@hypersdk/api/machine';

/** The latest state, and who wants to hear of the next one. */
export class StateFeed {
  #current: MachineState | undefined;
  #text = '';
  readonly #listeners = new Set<(state: MachineState) => void>();

  get current(): MachineState | undefined {
    return this.#current;
  }

  /** Tells the listeners, unless nothing has changed. */
  publish(state: MachineState): void {
    const text = JSON.stringify(state);
    if (text === this.#text) return;
    this.#text = text;
    this.#current = state;
    for (const listener of this.#listeners) listener(state);
  }

  /** Resolves with the first state that `accepts` takes, or with the latest when the signal aborts. */
  async until(
    accepts: (state: MachineState) => boolean,
    signal: AbortSignal,
  ): Promise<MachineState | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const check = (): void => {
      if (signal.aborted || (this.#current && accepts(this.#current))) resolve(undefined);
    };
    const unsubscribe = this.subscribe(check);
    signal.addEventListener('abort', check);
    check();
    await promise;
    signal.removeEventListener('abort', check);
    unsubscribe();
    return this.#current;
  }

  /** Calls `listener` on each change until the returned function is called. */
  subscribe(listener: (state: MachineState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
