import { isOwnedBy, keyOf, Pods, type KubeObject, type Pod } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import type { Effects } from '../context.ts';
import { unlessGone } from '../idempotent.ts';

interface Context {
  readonly client: Pick<Effects['client'], 'get'>;
  readonly caches: { readonly pods: Pick<Caches['pods'], 'get'> };
}

/** A worker of an object, by its name. One that we have made a moment ago is there before the cache knows of it. */
export async function ownWorker(
  { caches, client }: Context,
  { metadata: { uid = '', namespace = '' } }: KubeObject,
  name: string,
  signal: AbortSignal,
): Promise<Pod | undefined> {
  const key = { namespace, name };
  const seen = caches.pods.get(keyOf(key));
  if (seen && isOwnedBy(seen, uid)) return seen;
  const pod = await unlessGone(client.get(Pods, key, { signal }));
  return pod && isOwnedBy(pod, uid) ? pod : undefined;
}
