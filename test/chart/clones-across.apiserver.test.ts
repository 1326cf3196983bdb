/** Guarantee: nobody has a VM cloned into a namespace where he may not make VMs, nor one that he may not look at. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { API_VERSION } from '../../packages/api/src/group.ts';
import { apiServer, Status, type Answer } from '../../packages/api/src/testing/api-server.ts';
import { installCrds } from '../../packages/api/src/testing/custom-resources.ts';
import { inForce, installPolicy, removePolicy } from './policy-under-test.ts';

const server = apiServer();
const name = `across-${process.pid}`;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroups = ['hypersdk.io'];
const asksForClones = { apiGroups, resources: ['vmoperations', 'vmclones'], verbs: ['create'] };
const seesVms = { apiGroups, resources: ['virtualmachines'], verbs: ['get'] };
const makesVms = { apiGroups, resources: ['virtualmachines'], verbs: ['create'] };

const operator = 'system:serviceaccount:hypersdk-system:hypersdk-operator';
/** What each may do in the source's namespace, and in the other one. */
const users: Record<string, { here: object[]; there: object[] }> = {
  [`stranger-${name}`]: { here: [asksForClones, seesVms], there: [] },
  [`blind-${name}`]: { here: [asksForClones], there: [makesVms] },
  [`owner-${name}`]: { here: [asksForClones, seesVms], there: [makesVms] },
  [operator]: { here: [asksForClones], there: [] },
};
const [stranger = '', blind = '', owner = ''] = Object.keys(users);

const manifests = {
  vmoperations: (targetNamespace: string): object => ({
    kind: 'VMOperation',
    spec: { vmRef: { name: 'web' }, operation: 'clone', cloneSpec: { targetName: 'copy', targetNamespace } },
  }),
  vmclones: (namespace: string): object => ({
    kind: 'VMClone',
    spec: { sourceRef: { name: 'web' }, target: { name: 'copy', namespace } },
  }),
};
type Plural = keyof typeof manifests;

function ask(plural: Plural, namespace: string, as: string): Promise<Answer> {
  const path = `/apis/${API_VERSION}/namespaces/default/${plural}?dryRun=All`;
  const body = { apiVersion: API_VERSION, metadata: { name }, ...manifests[plural](namespace) };
  return server({ method: 'POST', path, body, as });
}

async function allow(user: string, namespace: string, rules: readonly object[]): Promise<void> {
  const metadata = { name: user };
  const role = { metadata, rules };
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'User', name: user, apiGroup }];
  const binding = { metadata, subjects, roleRef: { apiGroup, kind: 'Role', name: user } };
  await made(`${rbac}/namespaces/${namespace}/roles`, role);
  await made(`${rbac}/namespaces/${namespace}/rolebindings`, binding);
}

async function made(path: string, body: object): Promise<void> {
  const { code, body: said } = await server({ method: 'POST', path, body });
  assert.equal(code, 201, JSON.stringify(said));
}

before(async () => {
  await installCrds(server);
  await made('/api/v1/namespaces', { metadata: { name } });
  for (const [user, { here, there }] of Object.entries(users)) {
    await allow(user, 'default', here);
    await allow(user, name, there);
  }
  const isRefused = async (): Promise<boolean> => (await ask('vmclones', name, stranger)).code === 403;
  for (const user of Object.keys(users)) {
    await inForce(async () => (await ask('vmclones', 'default', user)).code === 201);
  }
  await installPolicy(server, 'hypersdk-clones-across', name);
  await inForce(isRefused);
});

after(async () => {
  await removePolicy(server, name);
  for (const user of Object.keys(users)) {
    for (const kind of ['rolebindings', 'roles']) {
      await server({ method: 'DELETE', path: `${rbac}/namespaces/default/${kind}/${user}` });
    }
  }
  await server({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
});

for (const plural of ['vmoperations', 'vmclones'] as const) {
  describe(`a clone into another namespace, asked for by ${plural}`, () => {
    const messageOf = async (as: string): Promise<string> => {
      const { code, body } = await ask(plural, name, as);
      assert.equal(code, 403, JSON.stringify(body));
      return Status.parse(body).message;
    };

    it('is refused to who may not make VMs there, with what he lacks', async () => {
      const message = await messageOf(stranger);
      assert.ok(message.includes(`in namespace ${name} takes the right to create virtualmachines`), message);
    });

    it('is refused to who may not look at the source', async () => {
      assert.match(await messageOf(blind), /the right to get its source default\/web/);
    });

    it('is taken from who may do both, and stays possible for all within a namespace', async () => {
      assert.equal((await ask(plural, name, owner)).code, 201);
      assert.equal((await ask(plural, 'default', stranger)).code, 201);
    });
  });
}

it('lets the operator make the operation of a clone whose maker was asked already', async () => {
  assert.equal((await ask('vmoperations', name, operator)).code, 201);
});
