/** A ValidatingAdmissionPolicy of the chart, under a name of the test's own: another test installs the whole chart. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiServer } from '../../packages/api/src/testing/api-server.ts';
import { renderedChart, type Manifest } from './rendered-chart.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const policies = `${group}/validatingadmissionpolicies`;
const bindings = `${group}/validatingadmissionpolicybindings`;
const PATIENCE_MS = 120_000;

/** `where` it holds; everywhere, if nothing else is said. */
export async function installPolicy(
  server: ApiServer,
  policy: string,
  name: string,
  where: object = {},
): Promise<void> {
  const manifests = await renderedChart();
  const ofKind = (wanted: string): Manifest | undefined =>
    manifests.find(({ kind, metadata }) => kind === wanted && metadata.name === policy);
  const post = async (path: string, manifest: Manifest | undefined, spec: object = {}): Promise<void> => {
    assert.ok(manifest);
    const body = { ...manifest, metadata: { name }, spec: { ...(manifest.spec as object), ...spec } };
    const { code, body: said } = await server({ method: 'POST', path, body });
    assert.equal(code, 201, JSON.stringify(said));
  };
  await post(policies, ofKind('ValidatingAdmissionPolicy'));
  await post(bindings, ofKind('ValidatingAdmissionPolicyBinding'), { policyName: name, ...where });
}

export async function removePolicy(server: ApiServer, name: string): Promise<void> {
  await server({ method: 'DELETE', path: `${bindings}/${name}` });
  await server({ method: 'DELETE', path: `${policies}/${name}` });
}

/** The server takes up a policy, or a role, a moment after it has stored it. */
export async function inForce(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, 'the policy is not in force');
    await delay(50);
  }
}
