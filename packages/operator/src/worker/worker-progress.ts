import type { Pod } from '@hypersdk/kube';
import type { LauncherAddress } from '../launchers/request.ts';
import { certificateName } from '../virtual-machine/pod/epoch.ts';

/** What the worker that runs says now. Missing progress is no failure: the pod's end says how the work went. */
export async function workerProgress<State>(
  pods: readonly Pod[],
  ask: (address: LauncherAddress) => Promise<State>,
  signal: AbortSignal,
): Promise<State | undefined> {
  const pod = pods.find(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
  if (!pod?.status?.podIP) return undefined;
  try {
    return await ask({ host: pod.status.podIP, certificateName: certificateName(pod) });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** In tens: each is a write, and the write's own event has the worker asked again. */
export const toldProgress = (percent: number): number => Math.floor(percent / 10) * 10;
