/**
 * The target's launcher tells its source's that it listens, and hears over the same connection that the guest is its own: at
 * the cut-over, when the guest stands still, nobody has to greet anybody.
 */
import { text } from 'node:stream/consumers';
import type { MachineIncoming } from '@hypersdk/api/machine';
import type { Certificates } from '../http/certificates.ts';
import { messageOf, TransientError } from '../problem.ts';
import { askPeer } from './peer.ts';

export const LISTENS = '/migration/listens/';

/** What the target of a migration has to know of its source. */
export type CalledSource = Pick<MachineIncoming, 'id' | 'source'> & {
  readonly sourceAddress: NonNullable<MachineIncoming['sourceAddress']>;
};

export interface SourceCall {
  readonly incoming: CalledSource;
  /** Ours. */
  readonly certificates: Certificates;
  readonly signal: AbortSignal;
}

/**
 * Resolves when the source has handed its guest over. Throws TransientError where it is not there, or has not been told of us;
 * one that knows of no such calls is told by the operator, and calls us.
 */
export async function callSource({ incoming, certificates, signal }: SourceCall): Promise<void> {
  const { id, source, sourceAddress } = incoming;
  const peer = { ...sourceAddress, server: source, certificates };
  const response = await askPeer(peer, 'POST', LISTENS + id, signal).catch((error: unknown) => {
    throw silent(messageOf(error));
  });
  const said = await text(response);
  if (response.statusCode !== 200) throw silent(said);
}

function silent(said: string): TransientError {
  const message = `The source does not say that the guest is here: ${said}`;
  return new TransientError({ reason: 'SourceAway', message });
}
