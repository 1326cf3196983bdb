import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDirectory, contentKey, keepNewest } from '../cache.ts';
import { DATE } from '../debian-archive.ts';
import { ensureDebian } from '../debian.ts';
import { buildImage, findEngine } from '../engine.ts';

/** A guest for tests: a directory with a Containerfile whose result holds /disk/<name>.qcow2 alone. */
export interface Guest {
  readonly name: string;
  readonly directory: string;
  /** The files there that the image is made from. */
  readonly sources: readonly string[];
  /** How many builds of different sources the cache holds. */
  readonly kept: number;
}

export interface GuestImage {
  /** A bootable qcow2 image. */
  readonly file: string;
  readonly sha256: string;
  /** Bytes that the guest sees. */
  readonly virtualSize: number;
}

/** The guest's image from the cache, built when it is not there. */
export async function ensureGuest(guest: Guest, log: (line: string) => void): Promise<GuestImage> {
  const directory = join(cacheDirectory, `${guest.name}-${await sourceKey(guest)}`);
  await cached(directory, async (staging) => {
    log(`building the ${guest.name} guest`);
    await buildGuest(guest, staging, { log });
    await keepNewest(guest.name, guest.kept);
  });
  return guestImage(guest, directory);
}

export interface GuestBuild {
  readonly log: (line: string) => void;
  /** Make anew all that comes after the installation of packages, with layers in this directory only. */
  readonly scratch?: string;
}

/** Builds the guest into the directory. */
export async function buildGuest(
  { directory }: Guest,
  output: string,
  { log, scratch }: GuestBuild,
): Promise<void> {
  const engine = await findEngine(scratch);
  const args = { BASE: await ensureDebian(engine, log), REBUILD: scratch ?? '' };
  const containerfile = join(directory, 'Containerfile');
  await buildImage(engine, { containerfile, context: directory, args, output });
}

/** The image that `buildGuest` has put into the directory. */
export async function guestImage({ name }: Guest, directory: string): Promise<GuestImage> {
  const file = join(directory, `disk/${name}.qcow2`);
  await using image = await open(file);
  // The qcow2 header's `size`: docs/interop/qcow2.txt.
  const header = await image.read({ buffer: Buffer.alloc(32), position: 0 });
  const hash = createHash('sha256');
  for await (const chunk of image.createReadStream({ start: 0, autoClose: false })) {
    hash.update(chunk as Buffer); // a stream without an encoding gives buffers
  }
  return { file, sha256: hash.digest('hex'), virtualSize: Number(header.buffer.readBigUInt64BE(24)) };
}

async function sourceKey({ directory, sources }: Guest): Promise<string> {
  return contentKey({ texts: [DATE], files: sources.map((name) => join(directory, name)) });
}
