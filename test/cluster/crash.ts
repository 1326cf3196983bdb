import { readdir, readFile } from 'node:fs/promises';
import { ensureApiServer } from './control-plane.ts';
import { daemonStates } from './daemon.ts';
import type { Instance } from './instance.ts';
import { findInstance } from './slot.ts';
import { waitFor } from './waiting.ts';

/** Kills the API server or its etcd as a crash would, and starts it again from the same command. */
export async function crashControlPlane(
  instanceName: string,
  name: 'etcd' | 'kube-apiserver',
): Promise<void> {
  const instance = await existing(instanceName);
  const find = async () => (await daemonStates(instance)).find((state) => state.name === name);
  const daemon = await find();
  if (!daemon?.alive) throw new Error(`${name} of instance ${instanceName} does not run`);
  process.kill(daemon.pid, 'SIGKILL');
  const isGone = async () => ((await find())?.alive ? undefined : true);
  await waitFor({ until: `${name} is gone`, seconds: 10, intervalMilliseconds: 20 }, isGone);
  await ensureApiServer(instance, 'cluster');
}

/** Kills the first process of a container, by the id that its pod's status has: `containerd://...`. */
export async function crashContainer(containerId: string): Promise<void> {
  const id = containerId.slice(containerId.lastIndexOf('/') + 1);
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Error(`${containerId} is no container's id`);
  const [first] = await processesIn(id);
  if (first === undefined) throw new Error(`no process runs in container ${containerId}`);
  process.kill(first, 'SIGKILL');
}

/** Oldest first. The runtime names a container's cgroup for its id. */
async function processesIn(id: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const belongs = await Promise.all(
    pids.map(async (pid) => (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')).includes(id)),
  );
  return pids.filter((_, index) => belongs[index]).sort((a, b) => a - b);
}

async function existing(name: string): Promise<Instance> {
  const instance = await findInstance(name);
  if (instance) return instance;
  throw new Error(`there is no instance ${name} on this machine`);
}
