/** Migrations of one VM, one after the other, each with the faults that were chosen for it. */
import assert from 'node:assert/strict';
import { attempt, type Outcome } from './attempt.ts';
import { choices, type Fault, type Storage } from './choices.ts';
import type { Harness } from './harness.ts';

export interface Voyage {
  readonly vm: Storage;
  readonly seed: number;
  /** Says whether there is to be another one. */
  readonly another: () => boolean;
  readonly log: (line: string) => void;
}

/** The first, which nobody disturbs, tells within which time faults come. */
export async function travel(harness: Harness, { vm, seed, another, log }: Voyage): Promise<void> {
  const chosen = choices(seed);
  let usual = 0;
  for (let number = 0; number === 0 || another(); number++) {
    const faults = number === 0 ? [] : chosen.next().value;
    const name = `${vm}-${number}`;
    try {
      const outcome = await attempt(harness, { name, vm, faults }, usual);
      usual ||= outcome.milliseconds;
      log(`${name}: ${told(faults)}: ${toldOf(outcome)}`);
      if (outcome.isUndisturbed) assert.equal(outcome.phase, 'Succeeded', outcome.message);
      assertNothingLost(harness, vm);
    } catch (cause) {
      const words = harness.consoles.words(vm);
      throw new Error(`migration ${name}, seed ${seed}: ${told(faults)}\n${words}`, { cause });
    }
  }
}

export function assertNothingLost({ consoles }: Harness, vm: string): void {
  assert.deepEqual(consoles.journal(vm).violations, []);
}

const told = (faults: readonly Fault[]): string =>
  faults.map(({ victim, at }) => `${victim} at ${at.toFixed(2)}`).join(', ') || 'nobody';

const toldOf = ({ phase, message, milliseconds, struck }: Outcome): string =>
  `${phase} in ${Math.round(milliseconds)} ms, struck: ${told(struck)}: ${message}`;
