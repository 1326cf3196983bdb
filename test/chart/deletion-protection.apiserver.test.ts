/** Guarantee: nobody deletes a VM with deletionProtection, alone or among others, until it says otherwise. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { API_VERSION } from '../../packages/api/src/group.ts';
import { apiServer, Status, type Answer } from '../../packages/api/src/testing/api-server.ts';
import { create, installCrds, patch } from '../../packages/api/src/testing/custom-resources.ts';
import { renderedChart, type Manifest } from './rendered-chart.ts';

const server = apiServer();
const suffix = String(process.pid);
const name = `protected-${suffix}`;
const vms = `/apis/${API_VERSION}/namespaces/default/virtualmachines`;
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const PATIENCE_MS = 30_000;

const remove = (path: string): Promise<Answer> => server({ method: 'DELETE', path });

function vm(deletionProtection: boolean) {
  const labels = { suite: suffix };
  const disks = [{ name: 'root', size: '1Gi' }];
  return {
    ...{ apiVersion: API_VERSION, kind: 'VirtualMachine', metadata: { name, labels } },
    spec: { cpus: 1, memory: '64Mi', disks, deletionProtection },
  };
}

/** Under a name of the test's own: another test installs the whole chart. */
async function post(path: string, manifest: Manifest | undefined, spec: object = {}): Promise<void> {
  assert.ok(manifest);
  const body = { ...manifest, metadata: { name }, spec: { ...(manifest.spec as object), ...spec } };
  const { code, body: said } = await server({ method: 'POST', path, body });
  assert.equal(code, 201, JSON.stringify(said));
}

/** The server takes up a policy a moment after it has stored it. */
async function inForce(): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while ((await remove(`${vms}/${name}?dryRun=All`)).code !== 403) {
    assert.ok(Date.now() < deadline, 'the policy is not in force');
    await delay(50);
  }
}

before(async () => {
  await installCrds(server);
  const manifests = await renderedChart();
  const ofKind = (wanted: string): Manifest | undefined =>
    manifests.find(
      ({ kind, metadata }) => kind === wanted && metadata.name === 'hypersdk-deletion-protection',
    );
  await post(policies, ofKind('ValidatingAdmissionPolicy'));
  await post(bindings, ofKind('ValidatingAdmissionPolicyBinding'), { policyName: name });
  await create(server, vm(true), { dryRun: false });
  await inForce();
});

after(async () => {
  await remove(`${bindings}/${name}`);
  await remove(`${policies}/${name}`);
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
