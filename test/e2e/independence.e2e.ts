/**
 * Guarantee: nothing that is not the VM hurts the VM. The operator is killed, the launcher is killed by an upgrade in
 * place, and the guest counts on; afterwards status is right, and what was asked for in the meantime happens.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consoleLine } from './stage/guest-console.ts';
import { kubectl } from './stage/kubectl.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';

const operator = (...args: string[]): Promise<string> => kubectl(['--namespace', 'hypersdk-system', ...args]);

async function operatorIsBack(): Promise<void> {
  await operator('rollout', 'status', 'deployment/hypersdk-operator', '--timeout=120s');
}

/** The numbers that the guest has counted so far. A guest that was started anew would count from 1 again. */
async function ticks(scene: Scene, pod: string): Promise<number[]> {
  const said = await scene.k('logs', pod, '--container', 'qemu');
  return [...said.matchAll(/^tick (\d+) /gm)].map(([, n]) => Number(n));
}

async function countsOn(scene: Scene, pod: string): Promise<void> {
  const before = await ticks(scene, pod);
  await consoleLine(scene, pod, new RegExp(`^tick ${(before.at(-1) ?? 0) + 2} `));
  const counted = await ticks(scene, pod);
  assert.deepEqual(
    counted,
    counted.map((_, index) => index + 1),
  );
}

async function counting(scene: Scene, name: string): Promise<string> {
  await scene.apply(tinyTemplate(), tinyVm(name, { running: true }));
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, `${name}-1`, /^tick 2 /);
  return `${name}-1`;
}

describe('independence', () => {
  it('of the operator, which is killed and comes back', async (t) => {
    const scene = await openScene(t);
    const pod = await counting(scene, 'calm');
    await operator(
      'delete',
      'pod',
      '--selector=app.kubernetes.io/name=hypersdk-operator',
      '--grace-period=0',
      '--force',
    );
    await countsOn(scene, pod);
    await operatorIsBack();
    await scene.apply(operationOn('calm', 'restart'));
    await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/calm-restart');
    assert.equal((await getVm(scene, 'calm')).status?.podName, 'calm-2');
  });

  it('of an operator that is away: a stop is carried out when it is back', async (t) => {
    const scene = await openScene(t);
    const pod = await counting(scene, 'waits');
    await operator('scale', 'deployment/hypersdk-operator', '--replicas=0');
    t.after(() => operator('scale', 'deployment/hypersdk-operator', '--replicas=1').then(operatorIsBack));
    await operator(
      'wait',
      '--for=delete',
      'pod',
      '--selector=app.kubernetes.io/name=hypersdk-operator',
      '--timeout=60s',
    );
    await scene.k('patch', 'vm', 'waits', '--type=merge', '--patch', '{"spec":{"running":false}}');
    await countsOn(scene, pod);
    await operator('scale', 'deployment/hypersdk-operator', '--replicas=1');
    await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/waits');
  });

  it('of the launcher, whose image is changed under the running guest', async (t) => {
    const scene = await openScene(t);
    const pod = await counting(scene, 'upgraded');
    const before = await launcherId(scene, pod);
    const image = `hypersdk/launcher:${process.env['RELEASE'] ?? ''}`;
    const patch = [{ op: 'replace', path: '/spec/initContainers/0/image', value: image }];
    await scene.k('patch', 'pod', pod, '--type=json', '--patch', JSON.stringify(patch));
    await scene.waitFor('jsonpath={.status.initContainerStatuses[0].restartCount}=1', `pod/${pod}`);
    await scene.waitFor('jsonpath={.status.initContainerStatuses[0].ready}=true', `pod/${pod}`);
    assert.notEqual(await launcherId(scene, pod), before);
    await countsOn(scene, pod);
    await scene.waitFor('condition=Running', 'vm/upgraded');
    await scene.k('delete', 'vm', 'upgraded', '--wait=false');
    await consoleLine(scene, pod, /GUEST-DOWN/);
  });
});

function launcherId(scene: Scene, pod: string): Promise<string> {
  return scene.k('get', 'pod', pod, '--output=jsonpath={.status.initContainerStatuses[0].containerID}');
}
