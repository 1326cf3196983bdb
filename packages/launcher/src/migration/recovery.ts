/** The connection over which memory follows its guest is broken: the source's launcher has the target's listen anew. */
import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { Certificates } from '../http/certificates.ts';
import { askTarget } from './ask-target.ts';

export const RECOVERY = '/migration/recovery/';

/** Whether it does. Rejects where the target does not answer. */
export async function askForRecovery(
  outgoing: MachineOutgoing,
  certificates: Certificates,
  signal: AbortSignal,
): Promise<boolean> {
  return (await askTarget(RECOVERY + outgoing.id, { outgoing, certificates, signal })) === 200;
}
