/** What the source's launcher asks of the target's. */
import { text } from 'node:stream/consumers';
import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { Certificates } from '../http/certificates.ts';
import { askPeer } from './peer.ts';

export interface Asking {
  readonly outgoing: MachineOutgoing;
  readonly certificates: Certificates;
  readonly signal: AbortSignal;
}

/** Milliseconds. */
const TIMEOUT = 5_000;

/** Resolves with the status of the answer; rejects where there is none. */
export async function askTarget(
  path: string,
  { outgoing: { host, launcherPort: port, target: server }, certificates, signal }: Asking,
): Promise<number> {
  const bounds = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
  const response = await askPeer({ host, port, server, certificates }, 'POST', path, bounds);
  await text(response);
  return response.statusCode ?? 0;
}
