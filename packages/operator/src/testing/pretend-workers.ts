/**
 * Ends the worker pods of a stage, as a worker and its kubelet would: a pod waits for its Secret, then it has succeeded.
 * Each image is one mebibyte.
 */
import { Informer, keyOf, NotFoundError, Pods, type Pod } from '@hypersdk/kube';
import { MANAGED } from '../caches.ts';
import type { Stage } from './stage.ts';

const results: Readonly<Record<string, object>> = {
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
      void succeed(stage, pod);
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

const resultOf = ({ spec }: Pod): object | undefined => results[spec?.containers[0]?.name ?? ''];

function hasSecret({ node }: Stage, pod: Pod): boolean {
  const secret = node.secrets.get(keyOf(pod));
  return secret?.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid) ?? false;
}

async function succeed({ client }: Stage, pod: Pod): Promise<void> {
  const name = pod.spec?.containers[0]?.name ?? '';
  const message = JSON.stringify(resultOf(pod));
  const terminated = { exitCode: 0, finishedAt: new Date().toISOString(), message };
  const containerStatuses = [
    { name, image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } },
  ];
  const status = { phase: 'Succeeded', containerStatuses };
  try {
    await client.mergePatch(Pods, pod.metadata, { status }, { subresource: 'status' });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
