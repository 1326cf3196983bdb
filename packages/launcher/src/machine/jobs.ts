import { messageOf, ProblemError, TransientError } from '../problem.ts';
import type { JobState } from './observed.ts';

const FIRST_RETRY = 500;
const LONGEST_RETRY = 30_000;

export interface JobContext {
  readonly signal: AbortSignal;
  readonly onProgress: (percent: number) => void;
}

/** Milliseconds until try number `attempt` + 1, counted from 1. */
export const retryDelay = (attempt: number): number =>
  Math.min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_RETRY);

/** The work that runs beside the loop, one piece a key. A failed one says when it is worth another try. */
export class Jobs {
  readonly #states = new Map<string, JobState>();
  readonly #attempts = new Map<string, number>();
  readonly #onChange: () => void;
  #controller = new AbortController();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get states(): ReadonlyMap<string, JobState> {
    return this.#states;
  }

  start(key: string, work: (context: JobContext) => Promise<void>): void {
    if (this.#states.get(key)?.state === 'running') return;
    this.#states.set(key, { state: 'running' });
    void this.#run(key, work, this.#controller.signal);
  }

  /** A changed spec may have cured them; what is under way goes on. */
  forgetFailures(): void {
    for (const [key, { state }] of this.#states) if (state === 'failed') this.#states.delete(key);
    this.#attempts.clear();
  }

  /** Ends all work. */
  abort(): void {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#states.clear();
  }

  async #run(key: string, work: (context: JobContext) => Promise<void>, signal: AbortSignal): Promise<void> {
    const settle = (state: JobState | undefined): void => {
      if (signal.aborted) return;
      if (state) this.#states.set(key, state);
      else this.#states.delete(key);
      this.#onChange();
    };
    try {
      await work({
        signal,
        onProgress: (progress) => {
          settle({ state: 'running', progress });
        },
      });
      this.#attempts.delete(key);
      settle(undefined);
    } catch (error) {
      settle(this.#failure(key, error));
    }
  }

  #failure(key: string, error: unknown): JobState {
    if (error instanceof ProblemError) return { state: 'failed', problem: error.problem };
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const problem =
      error instanceof TransientError
        ? error.problem
        : { reason: 'PreparationFailed', message: `${key}: ${messageOf(error)}; it is tried again.` };
    return { state: 'failed', problem, retryAt: new Date(Date.now() + retryDelay(attempt)) };
  }
}
