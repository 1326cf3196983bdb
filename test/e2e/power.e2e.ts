/**
 * Guarantee: a VM is on or off as its spec says and as operations ask; the guest is powered down, not cut off; and
 * what it wrote to its disk is there when it is on again.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consoleLine } from './stage/guest-console.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';

async function running(scene: Scene, name: string): Promise<string> {
  await scene.waitFor('condition=Running', `vm/${name}`);
  return (await getVm(scene, name)).status?.podName ?? '';
}

async function succeeds(scene: Scene, operation: string): Promise<void> {
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${operation}`);
}

describe('power', () => {
  it('follows spec.running, and the disk survives', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('switch', { running: true }));
    assert.match(await consoleLine(scene, await running(scene, 'switch'), /BOOTS/), /^BOOTS 1$/);

    const goodbye = consoleLine(scene, 'switch-1', /GUEST-DOWN/);
    await scene.k('patch', 'vm', 'switch', '--type=merge', '--patch', '{"spec":{"running":false}}');
    await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/switch');
    await goodbye;
    const off = await getVm(scene, 'switch');
    assert.equal(off.status?.podName, undefined);
    assert.deepEqual(off.status?.ipAddresses, []);
    assert.equal(await scene.k('get', 'pods', '--selector', 'vm=switch', '--output', 'name'), '');

    await scene.k('patch', 'vm', 'switch', '--type=merge', '--patch', '{"spec":{"running":true}}');
    assert.equal(await running(scene, 'switch'), 'switch-2');
    assert.match(await consoleLine(scene, 'switch-2', /BOOTS/), /^BOOTS 2$/);
  });

  it('follows operations, which write just what they name', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('asked', { running: true }));
    await consoleLine(scene, await running(scene, 'asked'), /BOOTS/);

    await scene.apply(operationOn('asked', 'stop'));
    await succeeds(scene, 'asked-stop');
    assert.deepEqual(
      [(await getVm(scene, 'asked')).spec.running, (await getVm(scene, 'asked')).status?.phase],
      [false, 'Stopped'],
    );

    await scene.apply(operationOn('asked', 'start'));
    await succeeds(scene, 'asked-start');
    assert.equal(await running(scene, 'asked'), 'asked-2');
    await consoleLine(scene, 'asked-2', /BOOTS 2/);

    await scene.apply(operationOn('asked', 'restart'));
    await succeeds(scene, 'asked-restart');
    assert.equal(await running(scene, 'asked'), 'asked-3');
    await consoleLine(scene, 'asked-3', /BOOTS 3/);
    const { status } = await getOperation(scene, 'asked-restart');
    assert.ok(status?.startTime && status.completionTime);
    assert.equal(status.progress, 100);
  });

  it('refuses an operation on a VM that does not exist, in clear words', async (t) => {
    const scene = await openScene(t);
    await scene.apply(operationOn('nobody', 'start'));
    await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmop/nobody-start');
    assert.match(
      (await getOperation(scene, 'nobody-start')).status?.message ?? '',
      /VirtualMachine nobody does not exist/,
    );
  });
});
