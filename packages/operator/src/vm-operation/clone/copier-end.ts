import { CopyState } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { workerEnd, type WorkerEnd } from '../../worker/worker-end.ts';

const words = { worker: 'copier', pod: 'copier pod', failure: 'CopyFailed', schema: CopyState };

export const copierEnd = (pod: Pod): WorkerEnd<CopyState> => workerEnd(pod, words);
