import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { runtimeFiles } from '../pod/runtime-files.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';
import { wrapperWaits } from '../testing/wrapper.ts';

describe('a guest whose launcher or pod is told to end', () => {
  let pod: TestPod;
  beforeEach(async () => {
    pod = await TestPod.create();
  });
  afterEach(() => pod.remove());

  async function mount(): Promise<void> {
    const path = await pod.image('tiny', await tinyGuest());
    const root = await pod.disk('root', { bootIndex: 1, source: { type: 'image', path, clone: 'linked' } });
    await pod.mountSpec(machineSpec({ cpus: 1, memory: 128 * 1024 * 1024, disks: [root] }));
  }

  async function boot(): Promise<void> {
    await mount();
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/GUEST-UP/);
  }

  it('goes on when its launcher is told to end, as for an upgrade, which says that it is to be started again', async () => {
    await boot();
    pod.launcher?.kill('SIGTERM');
    assert.equal(await pod.launcherExit(), 143);
    await pod.startLauncher();
    await pod.waitForState(({ phase }) => phase === 'Running');
    assert.equal(pod.qemu?.exitCode, null);
  });

  it('is powered down by a launcher that is told to end, as its pod is', async () => {
    await boot();
    pod.launcher?.kill('SIGTERM');
    pod.requestPowerdown();
    assert.equal(await pod.launcherExit(), 0);
    assert.equal((await pod.leftExit())?.reason, 'host-powerdown');
    assert.match(await readFile(pod.console, 'utf8'), /GUEST-DOWN/);
  });

  for (const when of ['before', 'while'] as const) {
    it(`is powered down gracefully though its launcher is gone ${when} the preStop hook asks`, async () => {
      await boot();
      await pod.waitForState(({ phase }) => phase === 'Running');
      if (when === 'before') await pod.kill(pod.launcher);
      pod.requestPowerdown();
      if (when === 'while') await pod.kill(pod.launcher);
      assert.equal(await pod.qemuExit(), 0);
      assert.match(await readFile(pod.console, 'utf8'), /GUEST-DOWN/);
    });
  }

  it('never starts again in its pod, as after a reboot of its node', async () => {
    await boot();
    await pod.kill(pod.launcher);
    await pod.kill(pod.qemu);
    const console = await readFile(pod.console, 'utf8');
    await pod.spawnLauncher();
    pod.startQemu();
    assert.equal(await pod.qemuExit(), 0);
    assert.equal(await pod.launcherExit(), 0);
    assert.equal((await pod.leftExit())?.reason, 'qemu-error');
    const said = (await readFile(pod.console, 'utf8')).slice(console.length);
    assert.equal(said, 'QEMU has had its time in this pod: kubectl logs --previous\n');
  });

  it('never starts when its container was killed before it could', async () => {
    pod.startQemu();
    await wrapperWaits(runtimeFiles(pod.path('runtime')));
    await pod.kill(pod.qemu);
    await mount();
    await pod.spawnLauncher();
    assert.equal(await pod.launcherExit(), 0);
  });
});
