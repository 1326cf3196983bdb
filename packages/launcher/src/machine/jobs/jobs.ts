import { type Job, jobKey } from '../plan/action.ts';
import { failure } from '../failure.ts';
import type { JobState } from '../observe/observed.ts';

export interface JobContext {
  readonly signal: AbortSignal;
  /** Percent, 0-100. */
  readonly onProgress: (percent: number) => void;
}
export type Work = (job: Job, context: JobContext) => Promise<void>;

/** Milliseconds. */
const LONGEST_RETRY: Partial<Record<Job['type'], number>> = {
  // A wait costs the guest: it stands still, or lacks memory, until its target has heard or is heard.
  ...{ 'hand-over': 1_000, recover: 1_000, 'call-source': 1_000 },
  // An agent that refuses mostly goes on doing so, and each try is a process in somebody's guest.
  'grow-file-systems': 600_000,
};

/** The work that runs beside the loop, one piece a key. A failed one says when it is worth another try. */
export class Jobs {
  readonly #states = new Map<string, JobState>();
  readonly #attempts = new Map<string, number>();
  readonly #onChange: () => void;
  readonly #own = new Map<string, AbortController>();
  #controller = new AbortController();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get states(): ReadonlyMap<string, JobState> {
    return this.#states;
  }

  start(job: Job, work: Work): void {
    const key = jobKey(job);
    const action = JSON.stringify(job);
    const last = this.#states.get(key);
    if (last?.state === 'running') return;
    if (last?.action !== action) this.#attempts.delete(key);
    this.#states.set(key, { state: 'running', type: job.type, action });
    const own = new AbortController();
    this.#own.set(key, own);
    void this.#run(job, work, AbortSignal.any([this.#controller.signal, own.signal]));
  }

  /** Ends the work on one thing. */
  end(key: string): void {
    this.#own.get(key)?.abort();
    this.#states.delete(key);
  }

  /** Ends all work. */
  abort(): void {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#states.clear();
  }

  async #run(job: Job, work: Work, signal: AbortSignal): Promise<void> {
    const key = jobKey(job);
    const action = JSON.stringify(job);
    const settle = (state: JobState | undefined): void => {
      if (signal.aborted) return;
      if (state) this.#states.set(key, state);
      else this.#states.delete(key);
      this.#onChange();
    };
    const onProgress = (progress: number): void => {
      settle({ state: 'running', type: job.type, action, progress });
    };
    try {
      await work(job, { signal, onProgress });
      this.#attempts.delete(key);
      settle(undefined);
    } catch (error) {
      const attempt = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, attempt);
      settle({ state: 'failed', action, ...failure(key, error, attempt, LONGEST_RETRY[job.type]) });
    }
  }
}
