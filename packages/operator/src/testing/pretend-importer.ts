/** Ends the import pods of a stage, as an importer and its kubelet would: each image is one mebibyte. */
import { Labels } from '@hypersdk/api';
import { Informer, Pods, type Pod } from '@hypersdk/kube';
import type { Stage } from './stage.ts';

/** The names of the import pods that were seen, kept up until the signal aborts. */
export async function pretendImporter(stage: Stage, signal: AbortSignal): Promise<Set<string>> {
  const seen = new Set<string>();
  const selector = { namespace: stage.namespace, labelSelector: Labels.image };
  const pods = new Informer(stage.client, Pods, selector);
  pods.subscribe(({ type, object }) => {
    if (type === 'deleted' || seen.has(object.metadata.name)) return;
    seen.add(object.metadata.name);
    void succeed(stage, object);
  });
  pods.start(signal);
  await pods.synced;
  return seen;
}

async function succeed({ client }: Stage, { metadata }: Pod): Promise<void> {
  const message = JSON.stringify({ phase: 'Ready', downloaded: 1, virtualSize: 1024 * 1024 });
  const terminated = { exitCode: 0, finishedAt: new Date().toISOString(), message };
  const containerStatuses = [
    { name: 'importer', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } },
  ];
  const status = { phase: 'Succeeded', containerStatuses };
  await client.mergePatch(Pods, metadata, { status }, { subresource: 'status' });
}
