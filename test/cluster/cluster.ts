import { join } from 'node:path';
import { buildBinaries } from './binaries.ts';
import { ensureCgroup, preferCgroup } from './cgroups.ts';
import { ensureApiServer, ensureControllers } from './control-plane.ts';
import { ensureCredentials } from './credentials.ts';
import { dnsAnswers, ensureDns } from './dns.ts';
import { removeInstance } from './down.ts';
import type { Instance } from './instance.ts';
import { kubectl } from './kubectl.ts';
import { assertAlive } from './daemon.ts';
import { ensureNetwork } from './network.ts';
import { loadImages } from './node-images.ts';
import { ensureNode } from './node.ts';
import { ensurePackages } from './packages.ts';
import { pauseArchive } from './pause-image.ts';
import { step } from './progress.ts';
import { claimInstance } from './slot.ts';
import { ensureStorage } from './storage.ts';
import { waitFor } from './waiting.ts';

export { ensureImageServer } from './image-server.ts';
export type { Instance } from './instance.ts';
export { InstanceBusyError, lockInstance } from './lock.ts';
export { ensureRegistry, pushContainerDisk } from './registry.ts';
export { loadImages } from './node-images.ts';

export interface InstanceOptions {
  /** For example `dev`, `test`; up to 20 lower-case letters, digits and "-". */
  readonly instance: string;
}

/**
 * A real API server and its etcd, without nodes and controllers: objects are stored, validated and watched, and
 * nothing acts on them. Seconds, once the binaries are built. One that runs already is used as it is.
 */
export async function startControlPlane(options: InstanceOptions): Promise<Instance> {
  await buildBinaries(['etcd', 'kubernetes']);
  const instance = await claimInstance(options.instance);
  await step('start the API server', async () => {
    await ensureCgroup(instance.cgroup);
    await ensureCredentials(instance);
    await ensureApiServer(instance, 'api-only');
  });
  return instance;
}

/**
 * A whole Kubernetes of two nodes. What of it runs already is used as it is, what has died is started again, so
 * that this heals a broken cluster too.
 */
export async function startCluster(options: InstanceOptions): Promise<Instance> {
  await ensurePackages();
  await buildBinaries();
  const instance = await claimInstance(options.instance);
  await step('start the control plane', async () => {
    await ensureCgroup(instance.cgroup);
    await preferCgroup(instance.cgroup);
    await ensureNetwork(instance);
    await ensureCredentials(instance);
    await ensureApiServer(instance, 'cluster');
    await ensureControllers(instance);
    await ensureStorage(instance);
    await ensureDns(instance);
  });
  await step('start the nodes', () => ensureNodes(instance));
  await dnsAnswers(instance);
  return instance;
}

export async function stopCluster(options: InstanceOptions): Promise<void> {
  await step(`remove instance "${options.instance}"`, () => removeInstance(options.instance));
}

async function ensureNodes(instance: Instance): Promise<void> {
  await Promise.all(instance.nodes.map((node) => ensureNode(instance, node)));
  await loadImages(instance, [await pauseArchive(join(instance.directory, 'images'))]);
  const ready = instance.nodes.map(({ name }) => `node/${name}`);
  await waitFor({ until: 'both nodes are ready', seconds: 120 }, async () => {
    for (const { name } of instance.nodes) await assertAlive(instance, `${name}-kubelet`);
    // Fails at once for a node that has not registered yet.
    const command = ['wait', '--for=condition=Ready', '--timeout=5s', ...ready];
    const { exitCode } = await kubectl(instance, command, { reject: false });
    return exitCode === 0 ? true : undefined;
  });
}
