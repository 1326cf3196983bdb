import { join } from 'node:path';

/** How a process comes to be killed: arguments for Node.js, and environment. */
export interface Death {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** More than anything here takes: a process that never comes to its end would be killed for ever. */
const MOST_STEPS = 100;

/** Of the steps, each, or as the run chose (test/strikes.ts). */
const STRIDE = Number(process.env['STRIDE'] ?? 1);
const FIRST = Number(process.env['FIRST_STRIKE'] ?? 1);

/**
 * Has a process die at its first step, then at its second, until it lives to its end. Resolves with how many there are, and
 * with a stride, with less than one stride more. `live` runs it and its successor, and says whether it died.
 */
export function deathsOf(live: (death: Death) => Promise<boolean>): Promise<number> {
  const args = ['--import', join(import.meta.dirname, 'mortal-process.ts')];
  return blowsTo((step) => live({ args, env: { MORTAL_STEP: String(step) } }));
}

/** The same of what is struck at a step of its own. `live` says whether it was. */
export async function blowsTo(live: (step: number) => Promise<boolean>): Promise<number> {
  for (let step = FIRST; step <= MOST_STEPS; step += STRIDE) {
    const isStruck = await live(step).catch((cause: unknown) => {
      throw new Error(`after a blow at step ${step}`, { cause });
    });
    if (!isStruck) return step - 1;
  }
  throw new Error(`it has more than ${MOST_STEPS} steps`);
}
