import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** Where everything built here is kept, outside the checkout. */
export const cacheDirectory = join(
  process.env['HYPERSDK_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hypersdk'),
  'images',
);

/** Twelve hexadecimal digits that stand for these texts and files. */
export async function contentKey(inputs: {
  readonly texts?: readonly string[];
  readonly files?: readonly string[];
}): Promise<string> {
  const hash = createHash('sha256');
  for (const text of inputs.texts ?? []) hash.update(text).update('\0');
  for (const file of inputs.files ?? []) hash.update(await readFile(file)).update('\0');
  return hash.digest('hex').slice(0, 12);
}

/**
 * The directory, made by `make` unless it is there. Several processes may ask at once: one makes it, the
 * others wait. It appears whole or not at all.
 */
export async function cached(directory: string, make: (staging: string) => Promise<void>): Promise<string> {
  if (existsSync(directory)) return directory;
  return locked(`${directory}.lock`, async () => {
    if (existsSync(directory)) return directory;
    const staging = `${directory}.partial`;
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true });
    await make(staging);
    await rename(staging, directory);
    return directory;
  });
}

/** Runs `action` while this process alone holds the file's lock; the kernel frees it if the process dies. */
export async function locked<T>(file: string, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const holder = execa('flock', [file, 'sh', '-c', 'echo held; exec cat'], { buffer: false });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => {
      resolve();
    });
    holder.catch(reject);
  });
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await holder;
  }
}

/** Removes the cache's directories `<name>-<key>` except the newest ones. */
export async function keepNewest(name: string, count: number): Promise<void> {
  const pattern = new RegExp(`^${name}-[0-9a-f]{12}$`);
  const names = (await readdir(cacheDirectory)).filter((entry) => pattern.test(entry));
  const paths = names.map((entry) => join(cacheDirectory, entry));
  const dated = await Promise.all(paths.map(async (path) => ({ path, time: (await stat(path)).mtimeMs })));
  const old = dated.sort((a, b) => b.time - a.time).slice(count);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
