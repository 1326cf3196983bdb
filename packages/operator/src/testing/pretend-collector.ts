/** Plays the garbage collector for what belonged to VirtualMachines that are gone: an API server alone has none. */
import type { VirtualMachine } from '@hypersdk/api';
import {
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
import { VirtualMachines } from '../resources.ts';

export async function startCollector(client: Client, namespace: string, signal: AbortSignal): Promise<void> {
  const virtualMachines = new Informer(client, VirtualMachines, { namespace });
  virtualMachines.subscribe(({ type, object }) => {
    if (type === 'deleted') void collect(client, object, signal);
  });
  virtualMachines.start(signal);
  await virtualMachines.synced;
}

async function collect(client: Client, { metadata }: VirtualMachine, signal: AbortSignal): Promise<void> {
  const { namespace = '', uid = '' } = metadata;
  try {
    for (const claim of await letGo(client, PersistentVolumeClaims, { namespace, uid }, signal)) {
      // Nobody else takes the protection away that the API server gives to each claim.
      await client.mergePatch(PersistentVolumeClaims, claim.metadata, { metadata: { finalizers: [] } });
    }
    for (const pod of await letGo(client, Pods, { namespace, uid }, signal)) {
      await letGo(client, Secrets, { namespace, uid: pod.metadata.uid ?? '' }, signal);
    }
  } catch (error) {
    // What is left when a test ends goes with its API server.
    if (!signal.aborted) throw error;
  }
}

/** What had this owner alone is deleted, and resolved with; what has another loses this one. */
async function letGo<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  owner: { readonly namespace: string; readonly uid: string },
  signal: AbortSignal,
): Promise<T[]> {
  const { items } = await client.list(resource, { namespace: owner.namespace, signal });
  const deleted: T[] = [];
  for (const object of items.filter(({ metadata }) => isOwner(metadata, owner.uid))) {
    const { metadata } = object;
    const others = (metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.uid);
    const patch = { metadata: { ownerReferences: others } } as MergePatch<T>; // every object has metadata
    if (others.length > 0) await unlessGone(client.mergePatch(resource, metadata, patch, { signal }));
    else if (await unlessGone(client.delete(resource, metadata, { signal }).then(() => true)))
      deleted.push(object);
  }
  return deleted;
}

const isOwner = ({ ownerReferences = [] }: KubeObject['metadata'], owner: string): boolean =>
  ownerReferences.some(({ uid }) => uid === owner);
