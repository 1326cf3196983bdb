import { buildBinaries } from './binaries.ts';
import { ensureApiServer } from './control-plane.ts';
import { ensureCredentials } from './credentials.ts';
import { removeInstance } from './down.ts';
import { ensureCgroup } from './cgroups.ts';
import type { Instance } from './instance.ts';
import { step } from './progress.ts';
import { claimInstance } from './slot.ts';

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

export async function stopCluster(options: InstanceOptions): Promise<void> {
  await step(`remove instance "${options.instance}"`, () => removeInstance(options.instance));
}
