import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Client } from './client.ts';
import { ForbiddenError } from './errors.ts';
import { inCluster } from './in-cluster.ts';
import { defineResource, objectPath } from './resource.ts';
import { Pods } from './resources.ts';
import { readJson } from './response.ts';
import { scratchNamespace, type ScratchNamespace } from './testing/scratch-namespace.ts';
import { Transport } from './transport.ts';

const ServiceAccounts = defineResource({
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
});

describe('a pod on a real API server', () => {
  it('is known as its service account', async () => {
    await using scratch = await scratchNamespace();
    const directory = await mkdtemp(join(tmpdir(), 'service-account-'));
    await writeServiceAccount(scratch, directory);
    const { hostname, port } = new URL(scratch.client.connection.server);
    Object.assign(process.env, { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port });
    const client = new Client(await inCluster(directory), { userAgent: 'test' });

    // It is let in, by its certificate authority and token, and may do nothing.
    await assert.rejects(client.list(Pods), (error) => {
      assert.ok(error instanceof ForbiddenError);
      assert.match(error.message, new RegExp(`system:serviceaccount:${scratch.namespace}:robot`));
      return true;
    });
    await client.close();
    await rm(directory, { recursive: true });
  });
});

async function writeServiceAccount(scratch: ScratchNamespace, directory: string): Promise<void> {
  const { client, namespace } = scratch;
  await client.create(ServiceAccounts, { metadata: { namespace, name: 'robot' } });
  const { ca = '' } = (await client.connection.credentials()).tls;
  const files = { token: await requestToken(scratch), 'ca.crt': ca, namespace };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
}

/** A TokenRequest, that the kubelet makes for every pod. */
async function requestToken({ client, namespace }: ScratchNamespace): Promise<string> {
  const transport = new Transport(client.connection, 'test');
  const request = {
    method: 'POST',
    path: objectPath(ServiceAccounts, { namespace, name: 'robot' }, 'token'),
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    bodyTimeout: 60_000,
    signal: AbortSignal.timeout(60_000),
  } as const;
  const answer = await readJson(request, await transport.send(request, 'requests'));
  await transport.close();
  // What the API server answers to a TokenRequest.
  return (answer as { status: { token: string } }).status.token;
}
