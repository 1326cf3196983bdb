import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDirectory } from './cache.ts';
import { ensureHostPackages } from './host-packages.ts';

/** buildah with a storage of its own under the cache, installed when missing. It needs no daemon. */
export async function buildahCommand(): Promise<[string, ...string[]]> {
  await ensureHostPackages(['buildah']);
  const storage = join(cacheDirectory, 'storage');
  await mkdir(storage, { recursive: true });
  const command = (driver: string): [string, ...string[]] => [
    ...(['buildah', '--root', join(storage, driver), '--runroot', join(storage, `${driver}-run`)] as const),
    ...['--storage-driver', driver],
  ];
  // Overlay is refused where the cache itself lies on an overlay, as in a container.
  const [file, ...args] = command('overlay');
  const { failed } = await execa(file, [...args, 'info'], { reject: false, timeout: 30_000 });
  return command(failed ? 'vfs' : 'overlay');
}
