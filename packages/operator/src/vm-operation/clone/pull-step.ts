import type { VirtualMachine } from '@hypersdk/api';
import { dropWorkers } from '../drop-workers.ts';
import type { Next } from '../kind.ts';
import { copierEnd } from './copier-end.ts';
import type { CopierContext } from './copier-pod.ts';
import { unidentified, waiting, type Making } from './making.ts';
import { pullerPod, pullsFrom } from './puller-pod.ts';
import { retry } from '../retry.ts';
import { servedAt, serverEnd, serverPod } from './server-pod.ts';

/**
 * Into another namespace: a pod beside the source serves its disks, and the copier beside the clone pulls them.
 * Undefined when both are there, and the copier looks where the server is.
 */
export function pullStep(making: Making, target: VirtualMachine, source: CopierContext): Next | undefined {
  const { observed, disks, now } = making;
  const { server, copier, config } = observed;
  if (!server) {
    const pod = serverPod({ ...source, now });
    return waiting('copy', "The source's disks are being served", [{ type: 'createWorker', pod }]);
  }
  const end = serverEnd(server);
  if (end.type === 'failed') {
    if (end.permanent) return { type: 'failed', message: end.message };
    return { type: 'waiting', step: 'copy', ...retry(server, end, now) };
  }
  const from = servedAt(server);
  if (!from) return waiting('copy', "Waiting until the source's disks are served", unidentified(observed));
  if (!copier) {
    const pod = pullerPod({
      ...{ target, disks, from, config, now },
      id: source.copy.id,
      place: source.place,
    });
    return waiting('copy', 'The disks are being cloned', [{ type: 'createWorker', pod }]);
  }
  if (copierEnd(copier).type !== 'running' || pullsFrom(copier, from)) return undefined;
  // Its server has gone without a word.
  return waiting('copy', "The pod that serves the source's disks is another now", dropWorkers(copier));
}
