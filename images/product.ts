import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const IMAGES = import.meta.dirname;
const PACKAGES = resolve(IMAGES, '../packages');

/** An image that we ship, and what of this repository goes into it. */
export interface Product {
  readonly name: 'operator' | 'launcher';
  /** Below `packages/<name>/src`. */
  readonly entryPoints: readonly string[];
  /** Scripts, which go to /usr/local/bin. */
  readonly executables: readonly string[];
}

export const operator: Product = { name: 'operator', entryPoints: ['main.ts'], executables: [] };

export const launcher: Product = {
  name: 'launcher',
  entryPoints: ['main.ts', 'import/main.ts'],
  executables: [
    ...['launcher', 'importer'].map((name) => join(IMAGES, 'launcher/bin', name)),
    ...['qemu-wrapper', 'powerdown', 'guest-network', 'guest-network-ready', 'allow-forwarding'].map((name) =>
      join(PACKAGES, 'launcher/wrapper', name),
    ),
  ],
};

/** The files besides the bundle on which the image depends. */
export function sourceFiles({ name, executables }: Product): string[] {
  const own = [
    'collect-root',
    'debian-archive.ts',
    'base/Containerfile',
    'base/rootfs.Containerfile',
    'node/Containerfile',
    `${name}/Containerfile`,
  ];
  return [...own.map((file) => join(IMAGES, file)), ...executables];
}

export async function productVersion({ name }: Product): Promise<string> {
  // Our own manifest.
  const { version } = JSON.parse(await readFile(join(PACKAGES, name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
