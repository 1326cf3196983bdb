/** Plays the garbage collector for what belonged to VirtualMachines that are gone: an API server alone has none. */
import type { VirtualMachine } from '@hypersdk/api';
import {
  Informer,
  NotFoundError,
  PersistentVolumeClaims,
  Pods,
  Secrets,
  type Client,
  type KubeObject,
  type Resource,
} from '@hypersdk/kube';
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
    for (const claim of await deleteOwned(client, PersistentVolumeClaims, namespace, uid, signal)) {
      // Nobody else takes the protection away that the API server gives to each claim.
      await client.mergePatch(PersistentVolumeClaims, claim.metadata, { metadata: { finalizers: [] } });
    }
    for (const pod of await deleteOwned(client, Pods, namespace, uid, signal)) {
      await deleteOwned(client, Secrets, namespace, pod.metadata.uid ?? '', signal);
    }
  } catch (error) {
    // What is left when a test ends goes with its API server.
    if (!signal.aborted) throw error;
  }
}

async function deleteOwned<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  namespace: string,
  owner: string,
  signal: AbortSignal,
): Promise<T[]> {
  const { items } = await client.list(resource, { namespace, signal });
  const owned = items.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === owner));
  for (const { metadata } of owned) {
    await client.delete(resource, metadata, { signal }).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
  }
  return owned;
}
