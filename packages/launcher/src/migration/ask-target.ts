/** What the source's launcher asks of the target's. */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { Certificates } from '../certificates.ts';

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
  { outgoing: { host, launcherPort, target }, certificates, signal }: Asking,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const call = request({
    ...{ host, port: launcherPort, method: 'POST', path, servername: target, agent: false },
    ...{ ...certificates, minVersion: 'TLSv1.3' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
  });
  call.on('error', reject).on('response', (response) => {
    text(response).then(() => {
      resolve(response.statusCode ?? 0);
    }, reject);
  });
  call.end();
  return promise;
}
