import { join } from 'node:path';

/** How a process comes to be killed: arguments for Node.js, and environment. */
export interface Death {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** More than anything here takes: a process that never comes to its end would be killed for ever. */
const MOST_STEPS = 100;

/**
 * Has a process die at its first step, then at its second, until it lives to its end. Resolves with the number of deaths.
 * `live` runs it and its successor, and says whether it died.
 */
export async function deathsOf(live: (death: Death) => Promise<boolean>): Promise<number> {
  const args = ['--import', join(import.meta.dirname, 'mortal-process.ts')];
  for (let step = 1; step <= MOST_STEPS; step++) {
    const hasDied = await live({ args, env: { MORTAL_STEP: String(step) } }).catch((cause: unknown) => {
      throw new Error(`after a death at step ${step}`, { cause });
    });
    if (!hasDied) return step - 1;
  }
  throw new Error(`it has more than ${MOST_STEPS} steps`);
}
