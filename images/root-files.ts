import { chmod, copyFile, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Bundle } from './bundle.ts';
import { SOURCE_DATE_EPOCH } from './debian-archive.ts';
import type { Product } from './product.ts';

/** Writes the files of an image's last layer below `root`, with the modes and times that they have there. */
export async function writeRootFiles(
  root: string,
  product: Product,
  bundle: Bundle,
  sbom: string,
): Promise<void> {
  for (const { path, contents } of bundle.files) await write(join(root, 'usr/lib/hypersdk', path), contents);
  await write(join(root, 'usr/share/sbom', `${product.name}.spdx.json`), sbom);
  for (const source of product.executables) {
    const file = join(root, 'usr/local/bin', basename(source));
    await mkdir(dirname(file), { recursive: true });
    await copyFile(source, file);
    await chmod(file, 0o755);
  }
  await setTimes(root);
}

async function write(file: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, contents, { mode: 0o644 });
}

async function setTimes(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await setTimes(path);
    else await utimes(path, SOURCE_DATE_EPOCH, SOURCE_DATE_EPOCH);
  }
  await utimes(directory, SOURCE_DATE_EPOCH, SOURCE_DATE_EPOCH);
}
