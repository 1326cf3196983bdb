/**
 * Guarantee: nothing that is not the VM hurts the VM. While one guest counts, the operator that leads, the launcher,
 * its network, the API server and etcd are killed one after the other, operator and launcher are upgraded in place and the authority
 * of their certificates is lost; the guest counts on without a gap, status is right again after each, and a stop that
 * was asked for while no operator was there happens when one is back.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findCondition, type VMOperationManifest } from '@hypersdk/api';
import { crashContainer, crashControlPlane } from '../../cluster/crash.ts';
import { cluster, foreign } from '../harness/own-cluster.ts';
import { consoleLine } from '../stage/guest-console.ts';
import { operationOn, tinyTemplate, tinyVm } from '../stage/manifests.ts';
import { containerId, errorLines, leader, metrics, nextLeader, operator, operatorIsThere, OPERATOR_PODS, scaleOperator } from '../stage/operator.ts'; // prettier-ignore
import { getVm, sceneIn, type Scene } from '../stage/scene.ts';
import { kubectl } from '../stage/kubectl.ts';
import { containerIn, upgradeContainer } from '../stage/container.ts';
import { countsOn } from '../stage/ticks.ts';

const NAMESPACE = 'e2e-independence';
const POD = 'calm-1';
let scene: Scene;

async function isWell(): Promise<void> {
  await scene.waitFor('condition=Ready', 'vm/calm');
  const { status } = await getVm(scene, 'calm');
  assert.equal(status?.podName, POD);
  assert.equal(status.phase, 'Running');
}

/** Without a word to it: its process, where that is ours to kill, and else its pod. */
async function killOperator(pod: string): Promise<void> {
  if (foreign) await operator('delete', 'pod', pod, '--grace-period=0', '--force');
  else await crashContainer(await containerId(pod));
}

async function done(operation: VMOperationManifest['spec']['operation']): Promise<void> {
  await scene.apply(operationOn('calm', operation));
  await scene.k('wait', '--for=jsonpath={.status.phase}=Succeeded', `vmop/calm-${operation}`, '--timeout=240s'); // prettier-ignore
}

/** Resolves when kubelet has started the container again. */
async function isBack(container: string): Promise<void> {
  const status = `.status.containerStatuses[?(@.name=="${container}")]`;
  await scene.waitFor(`jsonpath={${status}.restartCount}=1`, `pod/${POD}`);
  await scene.waitFor(`jsonpath={${status}.ready}=true`, `pod/${POD}`);
}

describe('a guest', () => {
  before(async () => {
    await scaleOperator(2);
    await kubectl(['create', 'namespace', NAMESPACE]);
    scene = sceneIn(NAMESPACE);
  });
  after(async () => {
    await scaleOperator(1);
    await kubectl(['delete', 'namespace', NAMESPACE, '--timeout=240s']);
  });

  it('comes up once, though the operator that leads is killed while it makes it', async () => {
    const first = await leader();
    await scene.apply(tinyTemplate(), tinyVm('calm', { running: true }));
    await scene.waitFor('jsonpath={.status.phase}=Creating', 'vm/calm');
    await killOperator(first);
    // With kubelet it may be back before its lease is over, and may lead again; nobody else does meanwhile.
    await isWell();
    await consoleLine(scene, POD, /^tick 2 /);
    const pods = await scene.k('get', 'pods', '--selector=hypersdk.io/vm=calm', '--output=name');
    assert.equal(pods, `pod/${POD}`);
    const events = await scene.k(
      'get',
      'events',
      '--field-selector=involvedObject.name=calm',
      '--output=name',
    );
    assert.ok(events.split('\n').length <= 8, events);
  });

  it('counts on when the other replica takes over from a pod that is gone at once, and counts it', async () => {
    const first = await leader();
    await operator('delete', 'pod', first, '--grace-period=0', '--force');
    const next = await nextLeader(first);
    await countsOn(scene, POD);
    await isWell();
    await operatorIsThere();
    const measured = await metrics(next);
    assert.match(measured, /^hypersdk_leader 1$/m);
    assert.match(measured, /^hypersdk_vms\{phase="Running",node="[^"]+"\} [1-9]\d*$/m);
  });

  it('counts on over an upgrade of the operator, which hands its lease over', async () => {
    const release = `operator=hypersdk/operator:${process.env['RELEASE'] ?? ''}`;
    const first = await leader();
    await operator('set', 'image', 'deployment/hypersdk-operator', release);
    await operatorIsThere();
    await nextLeader(first);
    await countsOn(scene, POD);
    await isWell();
    assert.deepEqual(await errorLines(), []);
  });

  it('counts on when its launcher and its network are killed', { skip: foreign }, async () => {
    const containers = ['launcher', 'network'];
    for (const name of containers) await crashContainer(await containerIn(scene, POD, name));
    for (const name of containers) await isBack(name);
    await countsOn(scene, POD);
    await isWell();
  });

  it('counts on over an upgrade of its launcher', async () => {
    await upgradeContainer(scene, POD, 'launcher');
    await countsOn(scene, POD);
    await isWell();
  });

  for (const name of ['kube-apiserver', 'etcd'] as const) {
    it(`counts on when ${name} is killed`, { skip: foreign }, async () => {
      await crashControlPlane(cluster ?? '', name);
      await countsOn(scene, POD);
      await isWell();
      assert.match(await leader(), /^hypersdk-operator-/);
    });
  }

  it('can be paused and resumed after the authority of all certificates was lost', async () => {
    await operator('delete', 'secret', 'hypersdk-launcher-ca');
    await operator('delete', 'pod', OPERATOR_PODS, '--wait=false');
    await countsOn(scene, POD);
    await operatorIsThere();
    await done('pause');
    await done('resume');
    await countsOn(scene, POD);
    await isWell();
  });

  it('is stopped when the operator is back, as was asked for while it was away', async () => {
    await scaleOperator(0);
    await scene.k('patch', 'vm', 'calm', '--type=merge', '--patch', '{"spec":{"running":false}}');
    await countsOn(scene, POD);
    await scaleOperator(2);
    await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/calm');
    const ready = findCondition((await getVm(scene, 'calm')).status?.conditions, 'Ready');
    assert.equal(ready?.reason, 'Halted');
  });
});
