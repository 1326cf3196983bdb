/** An instance of the tests' own: nothing here touches the API server that KUBECONFIG names. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startControlPlane, stopCluster, type Instance } from './cluster.ts';
import { daemonStates } from './daemon.ts';
import { kubectl } from './kubectl.ts';
import { lockInstance } from './lock.ts';
import { findInstance } from './slot.ts';
import { waitFor } from './waiting.ts';

const name = `life-${process.pid}`;

describe('an instance', () => {
  let instance: Instance;
  let lock: AsyncDisposable;

  before(async () => {
    lock = await lockInstance(name);
    instance = await startControlPlane({ instance: name });
  });

  after(async () => {
    await stopCluster({ instance: name });
    await lock[Symbol.asyncDispose]();
  });

  async function pids(): Promise<Record<string, number>> {
    return Object.fromEntries((await daemonStates(instance)).map((daemon) => [daemon.name, daemon.pid]));
  }

  async function kill(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    const isDead = async () =>
      (await daemonStates(instance)).find((daemon) => daemon.pid === pid)?.alive === false;
    await waitFor({ until: `${pid} is dead`, seconds: 10 }, async () =>
      (await isDead()) ? true : undefined,
    );
  }

  it('that runs is used as it is', async () => {
    const first = await pids();
    await startControlPlane({ instance: name });
    assert.deepEqual(await pids(), first);
  });

  it('gets back what died, and only that, and its objects are still there', async () => {
    await kubectl(instance, ['create', 'namespace', 'kept']);
    const first = await pids();
    await kill(first['kube-apiserver'] ?? 0);
    await startControlPlane({ instance: name });
    const second = await pids();
    assert.equal(second['etcd'], first['etcd']);
    assert.notEqual(second['kube-apiserver'], first['kube-apiserver']);
    await kubectl(instance, ['get', 'namespace', 'kept']);
  });

  it('comes back after all of it was killed', async () => {
    for (const pid of Object.values(await pids())) await kill(pid);
    await startControlPlane({ instance: name });
    await kubectl(instance, ['get', 'namespace', 'kept']);
  });

  it('leaves no process, cgroup, file or address when it is removed', async () => {
    await stopCluster({ instance: name });
    // A cgroup with a process in it could not have been removed. With cgroup v1 it is one of many.
    const cgroups = ['', 'pids'].map((hierarchy) => join('/sys/fs/cgroup', hierarchy, instance.cgroup));
    for (const path of [...cgroups, instance.directory, instance.checkoutKubeconfig]) {
      assert.equal(existsSync(path), false, path);
    }
    assert.equal(await findInstance(name), undefined);
  });
});
