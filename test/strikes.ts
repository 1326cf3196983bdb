import { randomInt } from 'node:crypto';

/** A usual run; whoever changes what is killed has every step struck. */
const USUAL_STRIDE = 3;

/** Which steps the processes are killed at whose every step a successor must stand: from `first`, each `stride`-th. */
export interface Strikes {
  readonly stride: number;
  readonly first: number;
}

/** As the environment says (`STRIDE=1` for each step), else some: over the runs, all. */
export function chosenStrikes(environment: NodeJS.ProcessEnv, random = randomInt): Strikes {
  const stride = Number(environment['STRIDE'] ?? USUAL_STRIDE);
  if (!Number.isInteger(stride) || stride < 1)
    throw new RangeError(`STRIDE is ${environment['STRIDE']}, which is no number of steps`);
  const first = Number(environment['FIRST_STRIKE'] ?? 1 + random(stride));
  if (!Number.isInteger(first) || first < 1 || first > stride)
    throw new RangeError(`FIRST_STRIKE is ${environment['FIRST_STRIKE']}, which is not from 1 to ${stride}`);
  return { stride, first };
}

export const toldStrikes = ({ stride, first }: Strikes): string =>
  stride === 1
    ? 'Processes are killed at each of their steps'
    : `Processes are killed at one step in ${stride}: STRIDE=${stride} FIRST_STRIKE=${first} (STRIDE=1 for each)`;

export const strikesEnvironment = ({ stride, first }: Strikes): Record<string, string> => ({
  STRIDE: String(stride),
  FIRST_STRIKE: String(first),
});
