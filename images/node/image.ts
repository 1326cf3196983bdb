import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, contentKey, locked } from '../cache.ts';
import { buildImage, hasImage, type Engine } from '../engine.ts';

const CONTAINERFILE = join(import.meta.dirname, 'Containerfile');
const COLLECT_ROOT = join(import.meta.dirname, '../collect-root');

/** The image that the launcher's and the operator's stand on, with the Node.js that runs this. */
export async function ensureNodeImage(
  engine: Engine,
  debian: string,
  log: (line: string) => void,
): Promise<string> {
  const key = await contentKey({ texts: [debian, process.version], files: [CONTAINERFILE, COLLECT_ROOT] });
  const tag = `localhost/hypersdk/node:${key}`;
  return locked(join(cacheDirectory, 'node.lock'), async () => {
    if (await hasImage(engine, tag)) return tag;
    log(`building the Node.js ${process.version} layer`);
    await buildNodeImage(engine, debian, tag);
    return tag;
  });
}

async function buildNodeImage(engine: Engine, debian: string, tag: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'hypersdk-node-'));
  try {
    await copyFile(process.execPath, join(context, 'node'));
    await copyFile(COLLECT_ROOT, join(context, 'collect-root'));
    await buildImage(engine, { containerfile: CONTAINERFILE, context, args: { BASE: debian }, tag });
  } finally {
    await rm(context, { recursive: true });
  }
}
