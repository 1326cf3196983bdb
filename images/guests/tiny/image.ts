import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDirectory, contentKey, keepNewest } from '../../cache.ts';
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
    await buildTinyGuest(staging, { log });
    await keepNewest('tiny', 5);
  });
  return tinyGuest(directory);
}

export interface TinyGuestBuild {
  readonly log: (line: string) => void;
  /** Make anew all that comes after the installation of packages, with layers in this directory only. */
  readonly scratch?: string;
}

/** Builds the guest into the directory. */
export async function buildTinyGuest(output: string, { log, scratch }: TinyGuestBuild): Promise<void> {
  const engine = await findEngine(scratch);
  const args = { BASE: await ensureDebian(engine, log), REBUILD: scratch ?? '' };
  const containerfile = join(import.meta.dirname, 'Containerfile');
  await buildImage(engine, {
    containerfile,
    context: import.meta.dirname,
    args,
    output,
  });
}

/** The guest that `buildTinyGuest` has put into the directory. */
export async function tinyGuest(directory: string): Promise<GuestImage> {
  const file = join(directory, 'disk/tiny.qcow2');
  const image = await readFile(file);
  // The qcow2 header's `size`: docs/interop/qcow2.txt.
  const virtualSize = Number(image.readBigUInt64BE(24));
  return { file, sha256: createHash('sha256').update(image).digest('hex'), virtualSize };
}

async function sourceKey(): Promise<string> {
  const sources = ['Containerfile', 'build-disk', 'dhcp-event', 'init'];
  return contentKey({ texts: [DATE], files: sources.map((name) => join(import.meta.dirname, name)) });
}

if (import.meta.main) console.log((await ensureTinyGuest()).file);
