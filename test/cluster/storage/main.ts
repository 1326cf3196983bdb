/**
 * Dynamic volumes of the test cluster: shared between its nodes, growing, deleted with their claims.
 * Usage: KUBECONFIG=... main.ts DIRECTORY MOUNT-NAMESPACE...
 */
import { Client, Informer, keyOf, PersistentVolumeClaims, runController, WorkQueue } from '@hypersdk/kube';
import type { KubeObject, Resource } from '@hypersdk/kube';
import { PersistentVolumes } from './persistent-volume.ts';
import { reconcileClaim, reconcileVolume, type Storage } from './reconcile.ts';

const [directory, ...mountNamespaces] = process.argv.slice(2);
if (directory === undefined) throw new Error('Which directory are the volumes to lie in?');
const client = await Client.load({ userAgent: 'hypersdk-test-storage' });
const storage: Storage = { client, directory, mountNamespaces };
const stop = new AbortController();
process.once('SIGTERM', () => {
  stop.abort();
});

await Promise.all([
  control('claims', PersistentVolumeClaims, reconcileClaim),
  control('volumes', PersistentVolumes, reconcileVolume),
]);
await client.close();

function control<T extends KubeObject>(
  name: string,
  resource: Resource<T>,
  reconcile: (storage: Storage, object: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const queue = new WorkQueue({ backoff: { initial: 50, max: 5000 } });
  const informer = new Informer(client, resource, { log: console });
  informer.subscribe(({ object }) => {
    queue.add(keyOf(object));
  });
  informer.start(stop.signal);
  return runController({
    name,
    queue,
    concurrency: 4,
    signal: stop.signal,
    onError: (error, key) => {
      console.error(name, key, error);
    },
    reconcile: async (key, signal) => {
      const object = informer.get(key);
      if (object) await reconcile(storage, object, signal);
    },
  });
}
