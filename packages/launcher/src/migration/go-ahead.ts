/**
 * The last word of a migration, from the source's launcher to the target's: the guest is yours. Until the target has it, it
 * does not run the guest; once the source has said it, it never runs it again, unless the target never did.
 */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { MachineOutgoing, MachineState } from '@hypersdk/api/machine';
import type { Certificates } from '../certificates.ts';

export const GO_AHEAD = '/migration/go-ahead/';

/** `later`: it cannot say yet. */
export type Answer = 'runs' | 'never' | 'later';

const STATUS: Readonly<Record<Answer, number>> = { runs: 200, never: 410, later: 503 };

export const statusOf = (answer: Answer): number => STATUS[answer];

/** What the target's launcher answers in this state. */
export function answerOf(state: MachineState | undefined, id: string): Answer {
  const { migration } = state ?? {};
  if (migration?.id !== id || migration.direction !== 'in') return 'later';
  if (migration.phase === 'Done') return 'runs';
  return migration.phase === 'Failed' ? 'never' : 'later';
}

/** Milliseconds. */
const TIMEOUT = 5_000;

/** Rejects where the target does not answer. */
export async function sayGoAhead(
  { host, launcherPort, target, id }: MachineOutgoing,
  certificates: Certificates,
  signal: AbortSignal,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const call = request({
    ...{ host, port: launcherPort, method: 'POST', path: GO_AHEAD + id, servername: target, agent: false },
    ...{ ...certificates, minVersion: 'TLSv1.3' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
  });
  call.on('error', reject).on('response', (response) => {
    text(response).then(() => {
      resolve(response.statusCode ?? 0);
    }, reject);
  });
  call.end();
  const status = await promise;
  if (status === STATUS.runs) return 'runs';
  return status === STATUS.never ? 'never' : 'later';
}
