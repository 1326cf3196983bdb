/** Guarantee: nobody deletes a VM with deletionProtection, alone or among others, until it says otherwise. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { API_VERSION } from '../../packages/api/src/group.ts';
import { apiServer, Status, type Answer } from '../../packages/api/src/testing/api-server.ts';
import { create, installCrds, patch } from '../../packages/api/src/testing/custom-resources.ts';
import { inForce, installPolicy, removePolicy } from './policy-under-test.ts';

const server = apiServer();
const suffix = String(process.pid);
const name = `protected-${suffix}`;
const vms = `/apis/${API_VERSION}/namespaces/default/virtualmachines`;

const remove = (path: string): Promise<Answer> => server({ method: 'DELETE', path });

function vm(deletionProtection: boolean) {
  const labels = { suite: suffix };
  const disks = [{ name: 'root', size: '1Gi' }];
  return {
    ...{ apiVersion: API_VERSION, kind: 'VirtualMachine', metadata: { name, labels } },
    spec: { cpus: 1, memory: '64Mi', disks, deletionProtection },
  };
}

before(async () => {
  await installCrds(server);
  await installPolicy(server, 'hypersdk-deletion-protection', name);
  await create(server, vm(true), { dryRun: false });
  await inForce(async () => (await remove(`${vms}/${name}?dryRun=All`)).code === 403);
});

after(async () => {
  await removePolicy(server, name);
  const contentType = 'application/merge-patch+json';
  const body = { spec: { deletionProtection: false } };
  await server({ method: 'PATCH', path: `${vms}/${name}`, contentType, body });
  await remove(`${vms}/${name}`);
});

describe('deletionProtection', () => {
  beforeEach(() => create(server, vm(true), { dryRun: false }));

  it('keeps a VM, and says what to do', async () => {
    const { code, body } = await remove(`${vms}/${name}`);
    assert.equal(code, 403);
    const expected = `VirtualMachine default/${name} has deletionProtection: set spec.deletionProtection to false first`;
    assert.ok(Status.parse(body).message.includes(expected), JSON.stringify(body));
  });

  it('keeps a VM that is to go with all others of its namespace', async () => {
    const { code } = await remove(`${vms}?labelSelector=suite%3D${suffix}`);
    assert.equal(code, 403);
    assert.equal((await server({ method: 'GET', path: `${vms}/${name}` })).code, 200);
  });

  it('can be taken away, and set again', async () => {
    for (const deletionProtection of [false, true]) {
      assert.equal((await patch(server, vm(true), { spec: { deletionProtection } })).code, 200);
    }
  });

  it('lets a VM go that does not have it', async () => {
    const contentType = 'application/merge-patch+json';
    const body = { spec: { deletionProtection: false } };
    await server({ method: 'PATCH', path: `${vms}/${name}`, contentType, body });
    assert.equal((await remove(`${vms}/${name}`)).code, 200);
  });
});
