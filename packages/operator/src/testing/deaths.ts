import type { Client } from '@hypersdk/kube';
import { mortalClient } from './mortal-client.ts';

/** More than anything here takes: an operator that never comes to rest would be killed for ever. */
const MOST_WRITES = 60;

/** Of the writes, each, or as the run chose (test/strikes.ts). */
const STRIDE = Number(process.env['STRIDE'] ?? 1);
const FIRST = Number(process.env['FIRST_STRIKE'] ?? 1);

/**
 * Has an operator die after its first write, which the server still carries out, then after its second, until it lives to
 * its end. Resolves with the number of writes, and with a stride, with less than one stride more. `live` is given a name of
 * its own each time.
 */
export async function deathsOf(
  client: Client,
  live: (mortal: ReturnType<typeof mortalClient>, number: number) => Promise<void>,
): Promise<number> {
  for (let at = FIRST; at <= MOST_WRITES; at += STRIDE) {
    const mortal = mortalClient(client, { at, when: 'after' });
    const death = mortal.died.then(() => true);
    try {
      await live(mortal, at);
    } catch (cause) {
      throw new Error(`after a death at write ${at}`, { cause });
    }
    if (!(await Promise.race([death, Promise.resolve(false)]))) return at - 1;
  }
  throw new Error(`it writes more than ${MOST_WRITES} times`);
}
