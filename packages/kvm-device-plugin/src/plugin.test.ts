import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Plugin } from './plugin.ts';
import { FakeKubelet } from './testing/fake-kubelet.ts';
import type { Device } from './device-plugin-api.ts';

const silent = { info: () => undefined, warn: () => undefined };
const areHealthy = (devices: readonly Device[]) => devices.some(({ health }) => health === 'Healthy');
const areUnhealthy = (devices: readonly Device[]) => devices.some(({ health }) => health === 'Unhealthy');

interface Stage {
  readonly plugin: Plugin;
  readonly directory: string;
  readonly setKvm: (isThere: boolean) => Promise<void>;
  readonly startKubelet: () => Promise<FakeKubelet>;
  /** Ends the plugin as a SIGTERM does. */
  readonly end: () => Promise<void>;
}

/** A node with KVM, and a plugin that looks at it a hundred times a second and finds the directory as it was `left`. */
async function openStage(
  t: TestContext,
  left: (directory: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'device-plugin-'));
  const [directory, sysfs] = [join(root, 'plugins'), join(root, 'sys')];
  await mkdir(directory);
  const setKvm = async (isThere: boolean): Promise<void> => {
    const kvm = join(sysfs, 'class/misc/kvm');
    if (!isThere) await rm(kvm, { recursive: true });
    else await mkdir(kvm, { recursive: true }).then(() => writeFile(join(kvm, 'dev'), '10:232\n'));
  };
  await setKvm(true);
  await left(directory);
  const stopping = new AbortController();
  const plugin = new Plugin({ directory, sysfs, deviceCount: 3, log: silent, period: 10 });
  const running = plugin.run(stopping.signal);
  const end = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  const startKubelet = async (): Promise<FakeKubelet> => {
    const kubelet = await FakeKubelet.start(directory);
    t.after(() => {
      kubelet.stop();
    });
    return kubelet;
  };
  t.after(() => end().then(() => rm(root, { recursive: true })));
  return { plugin, directory, setKvm, startKubelet, end };
}

describe('the plugin', () => {
  it('registers with a kubelet that comes later, offers devices and gives them out', async (t) => {
    const { plugin, startKubelet } = await openStage(t);
    assert.equal(plugin.isRegistered, false);
    const kubelet = await startKubelet();
    const devices = await kubelet.devices(areHealthy);
    assert.deepEqual(
      devices.map(({ id, health }) => [id, health]),
      [0, 1, 2].map((index) => [`kvm-${index}`, 'Healthy']),
    );
    assert.deepEqual(kubelet.registrations, [
      { version: 'v1beta1', endpoint: 'hypersdk-kvm.sock', resourceName: 'devices.hypersdk.io/kvm' },
    ]);
    assert.deepEqual(await kubelet.options(), {});
    const kvm = { containerPath: '/dev/kvm', hostPath: '/dev/kvm', permissions: 'rw' };
    assert.deepEqual(await kubelet.allocate(['kvm-0'], ['kvm-2']), {
      containerResponses: [{ devices: [kvm] }, { devices: [kvm] }],
    });
    await t.waitFor(() => {
      assert.equal(plugin.isRegistered, true);
    });
  });

  it('tells when KVM goes and when it comes back', async (t) => {
    const { setKvm, startKubelet } = await openStage(t);
    const kubelet = await startKubelet();
    await kubelet.devices(areHealthy);
    await setKvm(false);
    assert.equal((await kubelet.devices(areUnhealthy)).length, 3);
    await setKvm(true);
    await kubelet.devices(areHealthy);
    assert.equal(kubelet.registrations.length, 1);
  });

  it('registers again with a kubelet that was restarted', async (t) => {
    const { startKubelet } = await openStage(t);
    const first = await startKubelet();
    await first.devices(areHealthy);
    first.stop();
    const second = await startKubelet();
    await second.devices(areHealthy);
    assert.equal(second.registrations.length, 1);
  });

  it('registers again when the kubelet stops watching, and when it refused', async (t) => {
    const { plugin, startKubelet } = await openStage(t);
    const kubelet = await startKubelet();
    await kubelet.devices(areHealthy);
    kubelet.refusesNext = true;
    kubelet.stopWatching();
    await kubelet.registered(3);
    await kubelet.devices(areHealthy);
    await t.waitFor(() => {
      assert.equal(plugin.isRegistered, true);
    });
  });

  it('takes the place of a socket that was left, and leaves none behind', async (t) => {
    const { promise, resolve } = Promise.withResolvers<FakeKubelet>();
    const { directory, end } = await openStage(t, async (left) => {
      resolve(await FakeKubelet.start(left));
      await writeFile(join(left, 'hypersdk-kvm.sock'), '');
    });
    const kubelet = await promise;
    await kubelet.devices(areHealthy);
    await end();
    assert.deepEqual(await readdir(directory), ['kubelet.sock']);
    kubelet.stop();
  });
});
