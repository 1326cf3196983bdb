import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildahCommand } from '../../images/buildah.ts';
import { writeAtomically } from './atomic-file.ts';
import { assertAlive, ensureDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { ensurePackages } from './packages.ts';
import { waitFor } from './waiting.ts';

/** A registry for everything in the cluster, without TLS, at `instance.registry`. */
export async function ensureRegistry(instance: Instance): Promise<void> {
  await ensurePackages({ 'docker-registry': 'docker-registry' });
  const directory = join(instance.directory, 'registry');
  await mkdir(directory, { recursive: true });
  const configuration = join(directory, 'config.yml');
  await writeAtomically(configuration, registryConfig(instance, join(directory, 'data')));
  await ensureDaemon(instance, {
    name: 'registry',
    command: ['docker-registry', 'serve', configuration],
    configuration: [configuration],
  });
  await waitFor({ until: 'the registry answers', seconds: 20 }, async () => {
    await assertAlive(instance, 'registry');
    return fetch(`http://${instance.registry}/v2/`).then(
      () => true,
      () => undefined,
    );
  });
}

function registryConfig({ registry }: Instance, data: string): string {
  return `version: 0.1
log:
  level: warn
storage:
  filesystem:
    rootdirectory: ${JSON.stringify(data)}
http:
  addr: ${registry}
`;
}

/** Publishes a disk as KubeVirt's container disks are; the image's reference. */
export async function pushContainerDisk(instance: Instance, disk: string, name: string): Promise<string> {
  const reference = `${instance.registry}/${name}:latest`;
  const [file, ...args] = await buildahCommand();
  const buildah = async (...parameters: string[]): Promise<string> =>
    (await execa(file, [...args, ...parameters], { timeout: 120_000 })).stdout;
  const container = (await buildah('from', 'scratch')).trim();
  try {
    await buildah('add', '--chown', '107:107', container, disk, '/disk/');
    await buildah('commit', '--quiet', container, reference);
    await buildah('push', '--quiet', '--tls-verify=false', reference, `docker://${reference}`);
  } finally {
    await buildah('rm', container);
  }
  return reference;
}
