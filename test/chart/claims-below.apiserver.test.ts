/** Guarantee: nobody deletes by mistake what disks stand on, and any other claim goes as ever. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { apiServer, Status, type Answer } from '../../packages/api/src/testing/api-server.ts';
import { inForce, installPolicy, removePolicy } from './policy-under-test.ts';

const server = apiServer();
const namespace = `claims-below-${process.pid}`;
const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const managed = { 'app.kubernetes.io/managed-by': 'hypersdk-operator' };

async function makeClaim(name: string, metadata: object = {}): Promise<void> {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const body = { metadata: { name, labels: managed, ...metadata }, spec };
  assert.equal((await server({ method: 'POST', path, body })).code, 201);
}

const remove = (name: string): Promise<Answer> =>
  server({ method: 'DELETE', path: `${path}/${name}?dryRun=All` });

async function assertKept(name: string, why: string): Promise<void> {
  const { code, body } = await remove(name);
  assert.equal(code, 403);
  assert.ok(Status.parse(body).message.includes(why), JSON.stringify(body));
}

before(async () => {
  const body = { metadata: { name: namespace } };
  assert.equal((await server({ method: 'POST', path: '/api/v1/namespaces', body })).code, 201);
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  await installPolicy(server, 'hypersdk-claims-below', namespace, { matchResources: { namespaceSelector } });
  await makeClaim('image-a', { labels: { ...managed, 'hypersdk.io/image': 'image-a' } });
  await inForce(async () => (await remove('image-a')).code === 403);
});

after(async () => {
  await removePolicy(server, namespace);
  await server({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
});

describe('a claim', () => {
  it('of an image is kept, and what to delete is said', () =>
    assertKept('image-a', `${namespace}/image-a holds an image that disks may stand on: delete the VMImage`));

  it('that a linked clone stands on is kept, and the clone is named', async () => {
    const above = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'copy-root', uid: 'above' };
    await makeClaim('web-root', { ownerReferences: [above] });
    await assertKept(
      'web-root',
      `Linked disks stand on PersistentVolumeClaim ${namespace}/web-root: delete or flatten`,
    );
    await assertKept('web-root', 'copy-root');
  });

  it('of a disk goes, and one that is not ours', async () => {
    const vm = { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VirtualMachine', name: 'web', uid: 'vm' };
    await makeClaim('web-data', { ownerReferences: [vm] });
    await makeClaim('another', { labels: { 'hypersdk.io/image': 'a' } });
    for (const name of ['web-data', 'another']) assert.equal((await remove(name)).code, 200);
  });
});
