import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDirectory, contentKey } from '../../cache.ts';
import { DATE } from '../../debian-archive.ts';
import { ensureDebian } from '../../debian.ts';
import { buildImage, findEngine } from '../../engine.ts';

export interface GuestImage {
  /** A bootable qcow2 image. */
  readonly file: string;
  readonly sha256: string;
  /** Bytes that the guest sees. */
  readonly virtualSize: number;
}

/** The guest of the tests; `init` beside this says what it prints and obeys on its console. */
export async function ensureTinyGuest(log: (line: string) => void = console.error): Promise<GuestImage> {
  const directory = join(cacheDirectory, `tiny-${await sourceKey()}`);
  await cached(directory, async (staging) => {
    log('building the tiny guest');
    await buildTinyGuest(staging, log);
  });
  return describe(join(directory, 'disk/tiny.qcow2'));
}

/** Builds the guest into the directory, as `disk/tiny.qcow2`. */
export async function buildTinyGuest(output: string, log: (line: string) => void): Promise<void> {
  const engine = await findEngine();
  const debian = await ensureDebian(engine, log);
  const containerfile = join(import.meta.dirname, 'Containerfile');
  await buildImage(engine, {
    containerfile,
    context: import.meta.dirname,
    args: { BASE: debian },
    output,
  });
}

async function sourceKey(): Promise<string> {
  const sources = ['Containerfile', 'build-disk', 'dhcp-event', 'init'];
  return contentKey({ texts: [DATE], files: sources.map((name) => join(import.meta.dirname, name)) });
}

async function describe(file: string): Promise<GuestImage> {
  const image = await readFile(file);
  // The qcow2 header's `size`: docs/interop/qcow2.txt.
  const virtualSize = Number(image.readBigUInt64BE(24));
  return { file, sha256: createHash('sha256').update(image).digest('hex'), virtualSize };
}

if (import.meta.main) console.log((await ensureTinyGuest()).file);
