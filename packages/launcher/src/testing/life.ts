import type { ChildProcess } from 'node:child_process';
import type { FSWatcher } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { StepKind, Steps } from './steps.ts';

export interface Blow {
  /** Before which of the steps it falls, counted from 1. */
  readonly step: number;
  /** Where only steps of that kind are counted. */
  readonly of?: StepKind;
  /** Whether who takes the step dies of it. */
  readonly kills: boolean;
  /** Whom else it strikes. */
  readonly also?: () => void;
}

/**
 * The steps of a process up to a blow. What has died takes no more steps, and what it has started dies with it: in a
 * container nothing outlives the first process.
 */
export class Life implements Steps {
  readonly #blow: Blow;
  readonly #over = new AbortController();
  readonly #children = new Set<ChildProcess>();
  readonly #open = new Set<FSWatcher | FileHandle>();
  #steps = 0;
  #hasStruck = false;

  constructor(blow: Blow) {
    this.#blow = blow;
  }

  get hasStruck(): boolean {
    return this.#hasStruck;
  }

  /** Aborts when it dies. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  readonly take = (kind: StepKind): boolean => {
    if (this.#isNext(kind)) this.#strike();
    return !this.#over.signal.aborted;
  };

  readonly started = (child: ChildProcess): void => {
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    if (!this.#isNext('program')) return;
    const strike = (): void => {
      this.#strike();
    };
    child.stdout?.once('data', strike);
    child.once('exit', strike);
  };

  #isNext(kind: StepKind): boolean {
    const { of = kind, step } = this.#blow;
    if (kind === of) this.#steps += 1;
    return kind === of && this.#steps === step;
  }

  /** To be closed a second time does no harm. */
  readonly opened = (resource: FSWatcher | FileHandle): void => {
    this.#open.add(resource);
  };

  #strike(): void {
    if (this.#hasStruck) return;
    this.#hasStruck = true;
    if (this.#blow.kills) this.#die();
    this.#blow.also?.();
  }

  #die(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const resource of this.#open) void resource.close();
    this.#over.abort();
  }
}
