import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentKey } from '../cache.ts';
import type { Debian } from '../debian.ts';
import { buildImage, hasImage, type Engine } from '../engine.ts';

/** The image that the launcher's and the operator's stand on, with the Node.js that runs this. */
export async function ensureNodeImage(
  engine: Engine,
  debian: Debian,
  log: (line: string) => void,
): Promise<string> {
  const containerfile = join(import.meta.dirname, 'Containerfile');
  const collect = join(import.meta.dirname, '../collect-root');
  const key = await contentKey({
    texts: [debian.reference, process.version],
    files: [containerfile, collect],
  });
  const reference = `localhost/hypersdk/node:${key}`;
  if (await hasImage(engine, reference)) return reference;
  log(`building the Node.js ${process.version} layer`);
  const context = await mkdtemp(join(tmpdir(), 'hypersdk-node-'));
  try {
    await copyFile(process.execPath, join(context, 'node'));
    await copyFile(collect, join(context, 'collect-root'));
    await buildImage(engine, { containerfile, context, args: { BASE: debian.reference }, tag: reference });
  } finally {
    await rm(context, { recursive: true });
  }
  return reference;
}
