import type { Pod } from '@hypersdk/kube';
import { NOW } from './machines.ts';

/** A worker pod at work, or one that has ended with this code and this state. */
export function aWorker(name: string, end?: { readonly exitCode: number; readonly state: object }): Pod {
  const terminated = end && {
    ...{ exitCode: end.exitCode, message: JSON.stringify(end.state), finishedAt: NOW.toISOString() },
  };
  const state = terminated ? { terminated } : { running: {} };
  const container = { name: 'worker', image: '', imageID: '', ready: !end, restartCount: 0, state };
  const ended = end?.exitCode === 0 ? 'Succeeded' : 'Failed';
  return {
    metadata: { name, namespace: 'default', uid: `pod-${name}`, creationTimestamp: NOW.toISOString() },
    status: { phase: end ? ended : 'Running', containerStatuses: [container] },
  };
}

/** As the keeper of layers ends. */
export const aKeeper = {
  atWork: (name: string): Pod => aWorker(name),
  /** No node has taken it yet. */
  pending: (name: string): Pod => ({ ...aWorker(name), status: { phase: 'Pending' } }),
  /** Ended by somebody else. */
  killed: (name: string): Pod => aWorker(name, { exitCode: 137, state: {} }),
  done: (name: string): Pod => aWorker(name, { exitCode: 0, state: { phase: 'Ready' } }),
  failed: (name: string, exitCode: number, message: string, reason = 'SnapshotMissing'): Pod => {
    const problem = { reason, message };
    return aWorker(name, { exitCode, state: { phase: 'Failed', problem } });
  },
};
