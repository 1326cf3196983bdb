/**
 * Guarantee: a VM that is to start on green power waits while the grid's carbon intensity is above its limit, says what
 * it waits for and for how long at most, and starts when the intensity falls, on a node with green power where it prefers
 * those. A guest that ran waits no second time.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { findCondition } from '@hypersdk/api';
import { eventOf } from './stage/events.ts';
import { kubectl } from './stage/kubectl.ts';
import { tinyTemplate, tinyVm } from './stage/manifests.ts';
import { operator, OPERATOR_PODS } from './stage/operator.ts';
import { getVm, openScene } from './stage/scene.ts';

/** The source that the test cluster's operator asks. */
async function grid(t: TestContext, zones: Readonly<Record<string, number>>): Promise<void> {
  const { hostname, port } = new URL(process.env['CARBON_URL'] ?? '');
  const server = createServer(({ url = '' }, answer) => {
    answer.end(JSON.stringify({ carbonIntensity: zones[url.slice(1)] }));
  }).listen(Number(port), hostname);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
}

/** The operator's node has less room than others, so that nobody goes there for that. */
async function makeBusyNodeGreen(t: TestContext): Promise<string> {
  const node = await operator('get', 'pods', OPERATOR_PODS, '--output=jsonpath={.items[0].spec.nodeName}');
  const label = 'hypersdk.io/green-energy';
  await kubectl(['label', 'node', node, `${label}=true`]);
  t.after(() => kubectl(['label', 'node', node, `${label}-`]));
  return node;
}

describe('a carbon-aware VM', () => {
  it('starts when power is green enough', async (t) => {
    const zones = { E2E: 500 };
    await grid(t, zones);
    const scene = await openScene(t);
    const node = await makeBusyNodeGreen(t);
    const carbonAware = {
      ...{ enabled: true, maxIntensity: 200, zone: 'E2E', maxDelay: '1h' },
      preferGreenEnergy: true,
    };
    await scene.apply(tinyTemplate(), tinyVm('green', { carbonAware }));
    const ready = '{.status.conditions[?(@.type=="Ready")].reason}';
    await scene.waitFor(`jsonpath=${ready}=WaitingForGreenPower`, 'vm/green');

    const waiting = await getVm(scene, 'green');
    const latest = new Date(Date.parse(waiting.status?.power?.since ?? '') + 3_600_000).toISOString();
    const message = `Carbon intensity in zone E2E is 500 g/kWh, above maxIntensity 200; it starts at ${latest} at the latest`;
    assert.equal(findCondition(waiting.status?.conditions, 'Ready')?.message, message);
    assert.equal(await eventOf(scene, 'green', 'WaitingForGreenPower'), message);
    assert.deepEqual([waiting.status?.phase, waiting.status?.carbonIntensity], ['Pending', 500]);
    assert.equal(await scene.k('get', 'pods', '--selector', 'vm=green', '--output', 'name'), '');

    zones.E2E = 100;
    await scene.waitFor('condition=Running', 'vm/green');
    const { status } = await getVm(scene, 'green');
    assert.deepEqual([status?.carbonIntensity, status?.nodeName], [100, node]);

    zones.E2E = 500;
    await scene.k('delete', 'pod', 'green-1');
    await scene.waitFor('create', 'pod/green-2');
  });
});
