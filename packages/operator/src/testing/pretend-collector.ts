/** Plays the garbage collector for what belonged to VirtualMachines, VMSnapshots and claims that are gone: an API server alone has none. */
import {
  ConflictError,
  Informer,
  PersistentVolumeClaims,
  Pods,
  Secrets,
  type Client,
  type KubeObject,
  type MergePatch,
  type Resource,
} from '@hypersdk/kube';
import { unlessGone } from '../idempotent.ts';
import { VirtualMachines, VMSnapshots } from '../resources.ts';

export async function startCollector(client: Client, namespace: string, signal: AbortSignal): Promise<void> {
  const gone = new Set<string>();
  // One after the other: two would each leave the other's owner on what both own.
  let collected = Promise.resolve();
  const onGone = ({ uid = '' }: KubeObject['metadata']): void => {
    gone.add(uid);
    collected = collected.then(() => collect({ client, namespace, gone, signal }, uid));
  };
  const owners = [
    new Informer(client, VirtualMachines, { namespace }),
    new Informer(client, VMSnapshots, { namespace }),
    new Informer(client, PersistentVolumeClaims, { namespace }),
  ];
  for (const informer of owners) {
    informer.subscribe(({ type, object: { metadata } }) => {
      if (type === 'deleted') onGone(metadata);
    });
    informer.start(signal);
    await informer.synced;
  }
}

interface Collector {
  readonly client: Client;
  readonly namespace: string;
  /** The uids of owners that will not come back. */
  readonly gone: Set<string>;
  readonly signal: AbortSignal;
}

async function collect(collector: Collector, owner: string): Promise<void> {
  const { client, signal } = collector;
  try {
    for (const claim of await letGo(collector, PersistentVolumeClaims, owner)) {
      // Nobody else takes the protection away that the API server gives to each claim.
      await unlessGone(
        client.mergePatch(PersistentVolumeClaims, claim.metadata, { metadata: { finalizers: [] } }),
      );
    }
    await letGo(collector, VMSnapshots, owner);
    for (const { metadata } of await letGo(collector, Pods, owner)) {
      collector.gone.add(metadata.uid ?? '');
      await letGo(collector, Secrets, metadata.uid ?? '');
    }
  } catch (error) {
    // What is left when a test ends goes with its API server.
    if (!signal.aborted) throw error;
  }
}

/** What had no other owner is deleted, and resolved with; what has another loses this one. */
async function letGo<T extends KubeObject>(
  collector: Collector,
  resource: Resource<T>,
  owner: string,
): Promise<T[]> {
  const { client, namespace, signal } = collector;
  const { items } = await client.list(resource, { namespace, signal });
  const deleted: T[] = [];
  for (const object of items.filter(({ metadata }) => isOwner(metadata, owner))) {
    if (await letOneGo(collector, resource, object)) deleted.push(object);
  }
  return deleted;
}

/** Whether it is deleted. Read again when somebody has written to it meanwhile. */
async function letOneGo<T extends KubeObject>(
  collector: Collector,
  resource: Resource<T>,
  { metadata }: T,
): Promise<boolean> {
  const { client, gone, signal } = collector;
  const ownerReferences = (metadata.ownerReferences ?? []).filter(({ uid }) => !gone.has(uid));
  const { resourceVersion = '' } = metadata;
  try {
    if (ownerReferences.length === 0) {
      const deletion = client.delete(resource, metadata, { resourceVersion, signal });
      return (await unlessGone(deletion.then(() => true))) ?? false;
    }
    const patch = { metadata: { ownerReferences, resourceVersion } } as MergePatch<T>; // every object has metadata
    await unlessGone(client.mergePatch(resource, metadata, patch, { signal }));
    return false;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const now = await unlessGone(client.get(resource, metadata, { signal }));
    return now !== undefined && letOneGo(collector, resource, now);
  }
}

const isOwner = ({ ownerReferences = [] }: KubeObject['metadata'], owner: string): boolean =>
  ownerReferences.some(({ uid }) => uid === owner);
