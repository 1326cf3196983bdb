/** A golden image that a StorageClass has cloned into a disk's own volume, under the name that it has in its own. */
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IMAGE_FILE } from '@hypersdk/api/machine';

/** Lies beside every image that was imported, and says what it is. */
export const IMAGE_RECORD = 'image.json';

/** Makes the image that was cloned into `directory` the file `to`. False where there is none, or not all of that at `golden`. */
export async function takeClonedImage(directory: string, golden: string, to: string): Promise<boolean> {
  const cloned = join(directory, IMAGE_FILE);
  const isIt = await isSameImage(cloned, golden);
  if (isIt) await rename(cloned, to);
  for (const file of [cloned, join(directory, IMAGE_RECORD)]) await rm(file, { force: true });
  return isIt;
}

async function isSameImage(cloned: string, golden: string): Promise<boolean> {
  const [mine, theirs] = await Promise.all([cloned, golden].map(described));
  return mine !== undefined && mine === theirs;
}

/** What its import said of it, and how long it is. */
async function described(image: string): Promise<string | undefined> {
  try {
    const record = await readFile(join(dirname(image), IMAGE_RECORD), 'utf8');
    return `${(await stat(image)).size} ${record}`;
  } catch {
    return undefined;
  }
}
