import { lstat, readdir, readFile, readlink, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { killCgroup, removeCgroup } from './cgroups.ts';
import { checkoutDirectory, instanceDirectory, STATE_ROOT } from './instance.ts';
import type { Instance } from './instance.ts';
import { unmountBelow } from './mounts.ts';
import { removeNetwork } from './network.ts';
import { findInstance, releaseInstance } from './slot.ts';

/** Takes all of an instance off the machine, however much of it is there. */
export async function removeInstance(name: string): Promise<void> {
  const instance = await findInstance(name);
  if (instance) await stopEverything(instance);
  const directory = instanceDirectory(name);
  await unmountBelow(directory);
  await rm(directory, { recursive: true, force: true });
  await removeCheckoutFiles(name);
  // Last of all: until here a run that is killed leaves a slot by which the next one finds the rest.
  if (instance) await releaseInstance(instance);
  await removeIfEmpty(join(STATE_ROOT, 'slots'));
  await removeIfEmpty(STATE_ROOT);
}

async function stopEverything(instance: Instance): Promise<void> {
  await killCgroup(instance.cgroup);
  await removeCgroup(instance.cgroup);
  await removeNetwork(instance);
  await removeShimSockets();
  await removeContainerLogLinks(instance);
  await removeCniResults(instance);
}

async function removeCheckoutFiles(name: string): Promise<void> {
  const directory = checkoutDirectory(name);
  await rm(join(directory, 'kubeconfig'), { force: true });
  await removeIfEmpty(directory);
  await removeIfEmpty(dirname(checkoutDirectory('any')));
}

/** containerd's shims put their sockets beside everybody's; those of killed ones have no listener any more. */
async function removeShimSockets(): Promise<void> {
  const directory = '/run/containerd/s';
  const listening = await readFile('/proc/net/unix', 'utf8');
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    if (!listening.includes(path)) await rm(path, { force: true });
  }
  await removeIfEmpty(directory);
  await removeIfEmpty(dirname(directory));
}

/** The kubelet links every container's log into one directory for all nodes of the machine. */
async function removeContainerLogLinks(instance: Instance): Promise<void> {
  const directory = '/var/log/containers';
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    if (!(await lstat(path)).isSymbolicLink()) continue;
    if ((await readlink(path)).startsWith(`${instance.directory}/`)) await rm(path, { force: true });
  }
  await removeIfEmpty(directory);
}

/** libcni keeps the result of each attachment, named after the network, where containerd cannot tell it not to. */
async function removeCniResults(instance: Instance): Promise<void> {
  const directory = '/var/lib/cni/results';
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.startsWith(`${instance.cgroup}-`)) await rm(join(directory, name), { force: true });
  }
  await removeIfEmpty(directory);
  await removeIfEmpty(dirname(directory));
}

async function removeIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') throw error;
  });
}
