/**
 * Guarantee: an operation is tried without being done; one that hangs is cancelled or ends in time, and spec and guest are
 * as before; one that waits is cancelled, too; a stop takes the place of a start that hangs; an operation that has ended
 * goes when its time to live is over. One that fails is rolled back to the snapshot that was taken before it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMOperationManifest } from '@hypersdk/api';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { guestTicks, phase } from './stage/power.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';

type Spec = VMOperationManifest['spec'];

async function ask(
  scene: Scene,
  name: string,
  vm: string,
  operation: Spec['operation'],
  more: Partial<Spec> = {},
): Promise<void> {
  const manifest = operationOn(vm, operation);
  await scene.apply({ ...manifest, metadata: { name }, spec: { ...manifest.spec, ...more } });
}

async function isAsBefore(scene: Scene, name: string): Promise<void> {
  const { spec, status } = await getVm(scene, name);
  assert.deepEqual([spec.running, status?.phase, status?.epoch ?? 0], [false, 'Stopped', 0]);
}

const hanging = (message: string): string => `jsonpath={.status.message}=${message}`;

void describe('operations', { concurrency: true }, () => {
  void it('are tried, cancelled, timed and superseded on a VM that no node has room for', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('stuck', { running: false, nodeSelector: { nowhere: 'here' } }));
    await scene.waitFor(phase('Stopped'), 'vm/stuck');

    await ask(scene, 'try', 'stuck', 'start', { dryRun: true });
    await scene.waitFor(phase('Succeeded'), 'vmop/try');
    await ask(scene, 'try-reset', 'stuck', 'reset', { dryRun: true });
    await scene.waitFor(phase('Failed'), 'vmop/try-reset');
    const { preflight } = (await getOperation(scene, 'try-reset')).status ?? {};
    assert.deepEqual(
      preflight?.map(({ check, ok }) => [check, ok]),
      [
        ['VirtualMachine', true],
        ['guest', false],
      ],
    );
    await isAsBefore(scene, 'stuck');

    await ask(scene, 'begun', 'stuck', 'start');
    await scene.waitFor('jsonpath={.spec.running}=true', 'vm/stuck');
    await ask(scene, 'waits', 'stuck', 'restart');
    await scene.waitFor(hanging('Waiting for operation begun'), 'vmop/waits');
    for (const name of ['waits', 'begun']) {
      await scene.k('patch', 'vmop', name, '--type=merge', '--patch={"spec":{"cancel":true}}');
      await scene.waitFor(phase('Cancelled'), `vmop/${name}`);
    }
    await scene.waitFor(phase('Stopped'), 'vm/stuck');
    assert.equal((await getVm(scene, 'stuck')).spec.running, false);

    await ask(scene, 'late', 'stuck', 'start', { timeout: '3s', ttlSecondsAfterFinished: 8 });
    await scene.waitFor(phase('Failed'), 'vmop/late');
    const { message, steps } = (await getOperation(scene, 'late')).status ?? {};
    assert.match(message ?? '', /^Not done within 3s/);
    assert.deepEqual(
      steps?.map(({ name, completionTime }) => [name, completionTime !== undefined]),
      [
        ['start', true],
        ['undo', true],
      ],
    );
    assert.equal((await getVm(scene, 'stuck')).spec.running, false);

    await ask(scene, 'again', 'stuck', 'start');
    await scene.waitFor('jsonpath={.spec.running}=true', 'vm/stuck');
    await ask(scene, 'instead', 'stuck', 'stop');
    await scene.waitFor(hanging('Superseded by instead'), 'vmop/again');
    await scene.waitFor(phase('Succeeded'), 'vmop/instead');
    await scene.waitFor('delete', 'vmop/late');
  });

  void it('are rolled back to the snapshot before them', async (t) => {
    const scene = await openScene(t);
    const spec = { running: true, terminationGracePeriodSeconds: 25 };
    const disks = [
      { name: 'root', size: '256Mi' },
      { name: 'data', size: '64Mi' },
    ];
    await scene.apply(tinyTemplate(), tinyVm('safe', { ...spec, disks }));
    await guestTicks(scene, 'safe', 'safe-1');
    await write(scene, 'safe-1', 'A');
    await typeCommand(scene, 'safe-1', 'ignore-power-button');
    await consoleLine(scene, 'safe-1', /^IGNORING-POWER-BUTTON/);

    await ask(scene, 'halt', 'safe', 'stop', { rollbackOnFailure: true, timeout: '20s' });
    await consoleLine(scene, 'safe-1', /^POWER-BUTTON-IGNORED/);
    await write(scene, 'safe-1', 'B');
    await scene.waitFor(phase('Failed'), 'vmop/halt');
    const { message, snapshot } = (await getOperation(scene, 'halt')).status ?? {};
    assert.match(message ?? '', /^Not done within 20s.*Rolled back to VMSnapshot halt-before$/);
    assert.equal(snapshot, 'halt-before');

    await scene.waitFor('condition=Running', 'vm/safe');
    const { podName = '' } = (await getVm(scene, 'safe')).status ?? {};
    await guestTicks(scene, 'safe', podName);
    await typeCommand(scene, podName, 'read data');
    const read = await consoleLine(scene, podName, /^READ /);
    assert.match(read, /^READ A/, await scene.k('logs', podName, '--container', 'qemu', '--tail=30'));
  });
});

async function write(scene: Scene, pod: string, word: string): Promise<void> {
  await typeCommand(scene, pod, `write data ${word}`);
  await consoleLine(scene, pod, new RegExp(`^WROTE ${word}`));
}
