import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { killCgroup, removeCgroup } from './cgroups.ts';
import { checkoutDirectory, instanceDirectory, STATE_ROOT } from './instance.ts';
import type { Instance } from './instance.ts';
import { mountPoints } from './mount-namespace.ts';
import { unmountBelow } from './mounts.ts';
import { removeNetwork } from './network.ts';
import { detachLoopDevices } from './storage/loop-device.ts';
import { findInstance, releaseInstance } from './slot.ts';

/** Takes all of an instance off the machine, however much of it is there. */
export async function removeInstance(name: string): Promise<void> {
  const instance = await findInstance(name);
  if (instance) await stopEverything(instance);
  const directory = instanceDirectory(name);
  await unmountBelow(directory);
  await detachLoopDevices(directory, AbortSignal.timeout(30_000));
  await rm(directory, { recursive: true, force: true });
  await removeCheckoutFiles(name);
  // Last of all: until here a run that is killed leaves a slot by which the next one finds the rest.
  if (instance) await releaseInstance(instance);
  await removeEmptyDirectories();
}

async function stopEverything(instance: Instance): Promise<void> {
  await killCgroup(instance.cgroup);
  await removeCgroup(instance.cgroup);
  await removeNetwork(instance);
}

export async function removeCheckoutFiles(name: string): Promise<void> {
  const directory = checkoutDirectory(name);
  await rm(join(directory, 'kubeconfig'), { force: true });
  await removeIfEmpty(directory);
  await removeIfEmpty(dirname(checkoutDirectory('any')));
}

/** Only after the last instance: a mount point that goes here takes the mount with it in every namespace. */
async function removeEmptyDirectories(): Promise<void> {
  if (!(await removeIfEmpty(join(STATE_ROOT, 'slots')))) return;
  for (const directory of [STATE_ROOT, ...mountPoints]) await removeIfEmpty(directory);
}

async function removeIfEmpty(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY') return false;
    throw error;
  }
}
