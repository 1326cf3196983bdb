import { randomBytes } from 'node:crypto';
import { Client } from '../client.ts';
import { Namespaces } from '../resources.ts';

export interface ScratchNamespace extends AsyncDisposable {
  readonly client: Client;
  readonly namespace: string;
}

/** A namespace of its own in the cluster of `KUBECONFIG`, until disposed. */
export async function scratchNamespace(): Promise<ScratchNamespace> {
  const client = await Client.load({ userAgent: 'hypersdk-kube-test' });
  const namespace = `kube-test-${randomBytes(4).toString('hex')}`;
  await client.create(Namespaces, { metadata: { name: namespace } });
  return {
    client,
    namespace,
    [Symbol.asyncDispose]: async () => {
      await client.delete(Namespaces, { name: namespace });
      await client.close();
    },
  };
}
