import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { assertAlive, ensureDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { waitFor } from './waiting.ts';

/** Serves the files under their own names to everything in the cluster, at `instance.imageServer.url`. */
export async function ensureImageServer(instance: Instance, files: readonly string[]): Promise<void> {
  const directory = join(instance.directory, 'guest-images');
  await mkdir(directory, { recursive: true });
  for (const name of await readdir(directory)) await rm(join(directory, name), { force: true });
  for (const file of files) await symlink(file, join(directory, basename(file)));
  const scripts = join(import.meta.dirname, 'image-server');
  const { address } = instance.bridge;
  await ensureDaemon(instance, {
    name: 'image-server',
    command: [
      process.execPath,
      join(scripts, 'main.ts'),
      address,
      String(instance.imageServer.port),
      directory,
    ],
    configuration: ['main.ts', 'server.ts', 'byte-range.ts'].map((name) => join(scripts, name)),
  });
  await waitFor({ until: 'the image server answers', seconds: 20 }, async () => {
    await assertAlive(instance, 'image-server');
    return fetch(instance.imageServer.url).then(
      () => true,
      () => undefined,
    );
  });
}
