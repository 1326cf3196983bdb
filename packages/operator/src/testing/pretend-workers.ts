/**
 * Does what the worker pods of a stage and their kubelet would: a pod waits for its Secret, then it has succeeded, or serves
 * its disk. Each image is one mebibyte.
 */
import { Informer, keyOf, NotFoundError, Pods, type Pod } from '@hypersdk/kube';
import { MANAGED } from '../caches.ts';
import { workerSecretOf } from '../worker/worker-pod.ts';
import type { Stage } from './stage.ts';

const SERVER = 'attacher';

const results: Readonly<Record<string, object>> = {
  [SERVER]: { phase: 'Serving' },
  importer: { phase: 'Ready', downloaded: 1, virtualSize: 1024 * 1024 },
  copier: { phase: 'Ready', progress: 100 },
  keeper: {
    phase: 'Ready',
    frozen: [{ name: 'root', file: 'layer-0.qcow2', virtualSize: 1024 * 1024, actualSize: 4096, below: [] }],
  },
};

/** The names of the worker pods that were seen, in order, kept up until the signal aborts. */
export async function pretendWorkers(stage: Stage, signal: AbortSignal): Promise<string[]> {
  const seen: string[] = [];
  const waiting = new Map<string, Pod>();
  const pods = new Informer(stage.client, Pods, { namespace: stage.namespace, labelSelector: MANAGED });
  const look = (): void => {
    for (const pod of [...waiting.values()].filter((one) => hasSecret(stage, one))) {
      waiting.delete(keyOf(pod));
      void tell(stage, pod);
    }
  };
  pods.subscribe(({ type, object }) => {
    if (type === 'deleted') waiting.delete(keyOf(object));
    if (type !== 'added' || resultOf(object) === undefined) return;
    seen.push(object.metadata.name);
    waiting.set(keyOf(object), object);
    look();
  });
  stage.node.secrets.subscribe(look);
  pods.start(signal);
  await pods.synced;
  return seen;
}

const nameOf = ({ spec }: Pod): string => spec?.containers[0]?.name ?? '';
const resultOf = (pod: Pod): object | undefined => results[nameOf(pod)];

function hasSecret({ node }: Stage, pod: Pod): boolean {
  const secret = node.secrets.get(`${pod.metadata.namespace ?? ''}/${workerSecretOf(pod)}`);
  return secret?.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid) ?? false;
}

async function tell({ client }: Stage, pod: Pod): Promise<void> {
  const status = nameOf(pod) === SERVER ? serving : succeeded(pod);
  try {
    await client.mergePatch(Pods, pod.metadata, { status }, { subresource: 'status' });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

const container = { image: '', imageID: '', restartCount: 0 };

function succeeded(pod: Pod): NonNullable<Pod['status']> {
  const message = JSON.stringify(resultOf(pod));
  const terminated = { exitCode: 0, finishedAt: new Date().toISOString(), message };
  const ended = { ...container, name: nameOf(pod), ready: false, state: { terminated } };
  return { phase: 'Succeeded', containerStatuses: [ended] };
}

const podIP = '127.0.0.1';
const serving: NonNullable<Pod['status']> = {
  ...{ phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
  containerStatuses: [{ ...container, name: SERVER, ready: true, state: { running: {} } }],
};
