/** A namespace of its own on the API server that KUBECONFIG names, and what a test does in it. */
import { randomUUID } from 'node:crypto';
import { Client, defineResource, Informer, Namespaces, silent, type KubeObject } from '@hypersdk/kube';
import { AuthorityKeeper, type AuthorityKeeperOptions } from '../launchers/authority-keeper.ts';
import { rotationTiming } from '../launchers/rotation.ts';
import { VirtualMachines, VMOperations } from '../resources.ts';
import { installKinds } from './custom-resources.ts';
import { startCollector } from './pretend-collector.ts';
import { PretendNode } from './pretend-node.ts';
import { StageClient } from './stage-client.ts';

const ServiceAccounts = defineResource<KubeObject>({
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
});

export interface Stage {
  readonly client: Client;
  readonly authorities: AuthorityKeeper;
  readonly namespace: string;
  readonly node: PretendNode;
  /** Aborts when the stage closes: what a test waits for no longer must not keep its process. */
  readonly closing: AbortSignal;
  readonly close: () => Promise<void>;
}

export async function openStage(network: string): Promise<Stage> {
  const namespace = `operator-${randomUUID().slice(0, 8)}`;
  const userAgent = 'hypersdk-test';
  const { connection } = await Client.load({ userAgent });
  const client = new StageClient(connection, { namespace, userAgent });
  await installKinds(client);
  await client.create(Namespaces, { metadata: { name: namespace } });
  // There is no controller manager to make it.
  await client.create(ServiceAccounts, { metadata: { namespace, name: 'default' } });
  const node = new PretendNode(client, namespace, network);
  await node.start();
  const stopping = new AbortController();
  await startCollector(client, namespace, stopping.signal);
  const close = async (): Promise<void> => {
    node.stop();
    stopping.abort();
    await client.close();
  };
  const authorities = await keptAuthorities({ client, namespace });
  return { client, authorities, namespace, node, closing: stopping.signal, close };
}

/** As an operator of this namespace would keep them. */
export function keptAuthorities(
  options: Pick<AuthorityKeeperOptions, 'client' | 'namespace'> & Partial<AuthorityKeeperOptions>,
): Promise<AuthorityKeeper> {
  const standard = { timing: rotationTiming, now: () => new Date(), log: silent, onChange: () => undefined };
  return AuthorityKeeper.open({ ...standard, ...options }, AbortSignal.timeout(120_000));
}

/** Resolves with the object once it is as wanted; rejects with how it was last when the signal aborts. */
export async function becomes<T extends KubeObject>(
  { client, namespace, closing }: Stage,
  resource: Parameters<typeof client.get<T>>[0],
  name: string,
  isWanted: (object: T | undefined) => boolean,
): Promise<T | undefined> {
  const stop = new AbortController();
  const informer = new Informer(client, resource, { namespace, fieldSelector: `metadata.name=${name}` });
  const key = `${namespace}/${name}`;
  const deadline = AbortSignal.any([closing, AbortSignal.timeout(120_000)]);
  try {
    return await new Promise((resolve, reject) => {
      const look = (): void => {
        if (isWanted(informer.get(key))) resolve(informer.get(key));
      };
      deadline.addEventListener('abort', () => {
        reject(new Error(`${name} did not become as wanted: ${JSON.stringify(informer.get(key))}`));
      });
      informer.subscribe(look);
      informer.start(stop.signal);
      void informer.synced.then(look);
    });
  } finally {
    stop.abort();
  }
}

export { VirtualMachines, VMOperations };
