/**
 * The last word of a migration, from the source's launcher to the target's: the guest is yours. Until the target has it, it
 * does not run the guest; once the source has said it, it never runs it again, unless the target never did.
 */
import type { MachineOutgoing, MachineState } from '@hypersdk/api/machine';
import type { Certificates } from '../http/certificates.ts';
import { askTarget } from './ask-target.ts';

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

/** Rejects where the target does not answer. */
export async function sayGoAhead(
  outgoing: MachineOutgoing,
  certificates: Certificates,
  signal: AbortSignal,
): Promise<Answer> {
  const status = await askTarget(GO_AHEAD + outgoing.id, { outgoing, certificates, signal });
  if (status === STATUS.runs) return 'runs';
  return status === STATUS.never ? 'never' : 'later';
}
