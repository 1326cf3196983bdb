import { setTimeout as delay } from 'node:timers/promises';

export interface Wait {
  /** What is waited for, as in "the API server answers". */
  readonly until: string;
  readonly seconds: number;
  readonly intervalMilliseconds?: number;
  readonly signal?: AbortSignal;
}

/** Asks again and again until the answer is other than undefined; an error ends the wait. */
export async function waitFor<T>(wait: Wait, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + wait.seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`Waited ${wait.seconds} s in vain until ${wait.until}`);
    await delay(wait.intervalMilliseconds ?? 100, undefined, wait.signal ? { signal: wait.signal } : {});
  }
}
