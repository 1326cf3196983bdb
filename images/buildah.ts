import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDirectory } from './cache.ts';
import { ensureHostPackages } from './host-packages.ts';

const STORAGE = join(cacheDirectory, 'storage');

/** buildah leaves mounts behind. In a mount namespace they end with it, as does its record of them. */
const IN_PRIVATE = 'mount -t tmpfs tmpfs "$0" && exec buildah --runroot "$0" "$@"';

/** Where it is not root, buildah makes such a namespace itself. */
const BUILDAH =
  process.getuid?.() === 0
    ? (['unshare', '--mount', 'sh', '-c', IN_PRIVATE, join(STORAGE, 'run')] as const)
    : (['buildah'] as const);

/**
 * buildah with a storage of its own under the cache, installed when missing; it needs no daemon. With
 * `scratch` new layers go to that directory, and those of the cache are only read.
 */
export async function buildahCommand(scratch?: string): Promise<[string, ...string[]]> {
  await ensureHostPackages(['buildah']);
  await mkdir(join(STORAGE, 'run'), { recursive: true });
  const command = (driver: string): [string, ...string[]] => {
    const root = join(STORAGE, driver);
    const place = scratch === undefined ? root : join(scratch, driver);
    const shared = scratch === undefined ? [] : ['--storage-opt', `${driver}.imagestore=${root}`];
    return [...BUILDAH, '--root', place, '--storage-driver', driver, ...shared];
  };
  // Overlay is refused where the cache itself lies on an overlay, as in a container.
  const [file, ...args] = command('overlay');
  const { failed } = await execa(file, [...args, 'info'], { reject: false, timeout: 30_000 });
  return command(failed ? 'vfs' : 'overlay');
}
