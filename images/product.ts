import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EntryPoints } from './bundle.ts';

const IMAGES = import.meta.dirname;
const PACKAGES = resolve(IMAGES, '../packages');

/** An image that we ship, and what of this repository goes into it. */
export interface Product {
  readonly name: 'operator' | 'launcher';
  readonly entryPoints: EntryPoints;
  /** Scripts, which go to /usr/local/bin. */
  readonly executables: readonly string[];
}

/** The device plugin comes with it: an image of its own would hold the same system and one bundle. */
export const operator: Product = {
  name: 'operator',
  entryPoints: {
    'main.js': 'operator/src/main.ts',
    'kvm-device-plugin/main.js': 'kvm-device-plugin/src/main.ts',
  },
  executables: [],
};

export const launcher: Product = {
  name: 'launcher',
  entryPoints: {
    'main.js': 'launcher/src/main.ts',
    'import/main.js': 'launcher/src/import/main.ts',
    'copy/main.js': 'launcher/src/copy/main.ts',
    'attach/main.js': 'launcher/src/attach/main.ts',
    'serve/main.js': 'launcher/src/serve/main.ts',
    'layers/main.js': 'launcher/src/layers/main.ts',
  },
  executables: [
    ...['launcher', 'importer', 'copier', 'attacher', 'disk-server', 'keeper'].map((name) =>
      join(IMAGES, 'launcher/bin', name),
    ),
    ...[
      'qemu-wrapper',
      'memory-report',
      'powerdown',
      'press-power-button',
      'guest-network',
      'guest-network-ready',
      'beside-qemu',
      'allow-forwarding',
    ].map((name) => join(PACKAGES, 'launcher/wrapper', name)),
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
