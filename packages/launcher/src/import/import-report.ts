import type { ImportState } from '@hypersdk/api/machine';

/** Milliseconds between two lines of the same phase. */
const INTERVAL = 1_000;

/** The import's latest state, and its log: a line for each phase and one a second within it. */
export class ImportReport {
  readonly #write: (line: string) => void;
  #state: ImportState = { phase: 'Downloading', downloaded: 0 };
  #written = { phase: '', time: 0 };

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  get state(): ImportState {
    return this.#state;
  }

  set(state: ImportState): void {
    this.#state = state;
    const time = performance.now();
    if (state.phase === this.#written.phase && time - this.#written.time < INTERVAL) return;
    this.#written = { phase: state.phase, time };
    this.#write(JSON.stringify(state) + '\n');
  }
}
