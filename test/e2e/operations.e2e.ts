/**
 * Guarantee: an operation is tried without being done; one that hangs is cancelled or ends in time, and spec and guest are
 * as before; one that waits is cancelled, too; a stop takes the place of a start that hangs; an operation that has ended
 * goes when its time to live is over. One that fails is rolled back to the snapshot that was taken before it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMOperationManifest } from '@hypersdk/api';
import { documented, type } from './stage/documents.ts';
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
    await scene.apply(tinyTemplate(), tinyVm('web', { running: false, nodeSelector: { nowhere: 'here' } }));
    await scene.waitFor(phase('Stopped'), 'vm/web');

    await scene.apply(documented('operations', 'VMOperation/could-web-be-deleted'));
    await scene.waitFor(phase('Succeeded'), 'vmop/could-web-be-deleted');
    await ask(scene, 'try-reset', 'web', 'reset', { dryRun: true });
    await scene.waitFor(phase('Failed'), 'vmop/try-reset');
    const { preflight } = (await getOperation(scene, 'try-reset')).status ?? {};
    assert.deepEqual(
      preflight?.map(({ check, ok }) => [check, ok]),
      [
        ['VirtualMachine', true],
        ['guest', false],
      ],
    );
    await isAsBefore(scene, 'web');

    await ask(scene, 'begun', 'web', 'start');
    await scene.waitFor('jsonpath={.spec.running}=true', 'vm/web');
    await scene.apply(documented('operations', 'VMOperation/restart-web'));
    await scene.waitFor(hanging('Waiting for operation begun'), 'vmop/restart-web');
    for (const name of ['restart-web', 'begun']) {
      await type(scene, 'operations', 'kubectl patch vmop restart-web', { 'restart-web': name });
      await scene.waitFor(phase('Cancelled'), `vmop/${name}`);
    }
    await scene.waitFor(phase('Stopped'), 'vm/web');
    assert.equal((await getVm(scene, 'web')).spec.running, false);

    await ask(scene, 'late', 'web', 'start', { timeout: '3s', ttlSecondsAfterFinished: 8 });
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
    assert.equal((await getVm(scene, 'web')).spec.running, false);

    await ask(scene, 'again', 'web', 'start');
    await scene.waitFor('jsonpath={.spec.running}=true', 'vm/web');
    await ask(scene, 'instead', 'web', 'stop');
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
    await scene.apply(tinyTemplate(), tinyVm('web', { ...spec, disks }));
    await guestTicks(scene, 'web', 'web-1');
    await write(scene, 'web-1', 'A');
    await typeCommand(scene, 'web-1', 'ignore-power-button');
    await consoleLine(scene, 'web-1', /^IGNORING-POWER-BUTTON/);

    await scene.apply(documented('operations', 'VMOperation/safe-restart', { '5m': '20s' }));
    await consoleLine(scene, 'web-1', /^POWER-BUTTON-IGNORED/);
    await write(scene, 'web-1', 'B');
    await scene.waitFor(phase('Failed'), 'vmop/safe-restart');
    const { message, snapshot } = (await getOperation(scene, 'safe-restart')).status ?? {};
    assert.match(message ?? '', /^Not done within 20s.*Rolled back to VMSnapshot safe-restart-before$/);
    assert.equal(snapshot, 'safe-restart-before');

    await scene.waitFor('condition=Running', 'vm/web');
    const { podName = '' } = (await getVm(scene, 'web')).status ?? {};
    await guestTicks(scene, 'web', podName);
    await typeCommand(scene, podName, 'read data');
    const read = await consoleLine(scene, podName, /^READ /);
    assert.match(read, /^READ A/, await scene.k('logs', podName, '--container', 'qemu', '--tail=30'));
  });
});

async function write(scene: Scene, pod: string, word: string): Promise<void> {
  await typeCommand(scene, pod, `write data ${word}`);
  await consoleLine(scene, pod, new RegExp(`^WROTE ${word}`));
}
