import type { VirtualMachine } from '@hypersdk/api';
import type { ClonePlan } from './actions.ts';
import { copierEnd } from './copier-end.ts';
import type { CopierContext } from './copier-pod.ts';
import { unidentified, waiting, type Making } from './making.ts';
import { pullerPod, pullsFrom } from './puller-pod.ts';
import { retry } from './retry.ts';
import { servedAt, serverEnd, serverPod } from './server-pod.ts';
import { abandon } from './undo.ts';

/**
 * Into another namespace: a pod beside the source serves its disks, and the copier beside the clone pulls them.
 * Undefined when both are there, and the copier looks where the server is.
 */
export function pullStep(
  making: Making,
  target: VirtualMachine,
  source: CopierContext,
): ClonePlan | undefined {
  const { observed, disks, status, now } = making;
  const { server, copier, config } = observed;
  if (!server) {
    const pod = serverPod({ ...source, now });
    return waiting(making, 'copy', "The source's disks are being served", [{ type: 'createWorker', pod }]);
  }
  const end = serverEnd(server);
  if (end.type === 'failed') {
    return end.permanent ? abandon(making, end.message) : retry(server, end, { status, now });
  }
  const from = servedAt(server);
  if (!from)
    return waiting(making, 'copy', "Waiting until the source's disks are served", unidentified(observed));
  if (!copier) {
    const pod = pullerPod({ ...{ target, disks, from, config, now }, id: source.copy.id });
    return waiting(making, 'copy', 'The disks are being cloned', [{ type: 'createWorker', pod }]);
  }
  if (copierEnd(copier).type !== 'running' || pullsFrom(copier, from)) return undefined;
  // Its server has gone without a word.
  const actions = copier.metadata.deletionTimestamp ? [] : [{ type: 'deleteWorker', pod: copier } as const];
  return waiting(making, 'copy', "The pod that serves the source's disks is another now", actions);
}
