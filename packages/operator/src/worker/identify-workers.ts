import type { KubeObject } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { areIdentified, identifyWorker } from './create-worker.ts';

type Context = Parameters<typeof identifyWorker>[0] & { readonly caches: Pick<Caches, 'pods'> };

/** Gives the workers of an object the Secrets that they wait for: whoever made them may have died before. */
export async function identifyWorkers(
  context: Context,
  { metadata }: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const pods = context.caches.pods
    .byIndex('owner', metadata.uid ?? '')
    .filter((pod) => !pod.metadata.deletionTimestamp && !areIdentified([pod], context.knownSecrets));
  for (const pod of pods) await identifyWorker(context, { pod }, signal);
}
