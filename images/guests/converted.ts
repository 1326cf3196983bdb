import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import { cached, cacheDirectory, keepNewest } from '../cache.ts';
import { ensureQemu } from '../qemu.ts';
import type { GuestImage } from './guest-image.ts';

const FORMATS = ['vmdk', 'vdi', 'vhdx'] as const;

/** The image in the other formats that disks come in, `<name>.vmdk`, `.vdi`, `.vhdx` and `.raw.gz`, from the cache. */
export async function ensureConverted(name: string, image: GuestImage): Promise<string[]> {
  const cacheName = `${name}-converted`;
  const directory = join(cacheDirectory, `${cacheName}-${image.sha256.slice(0, 12)}`);
  await cached(directory, async (staging) => {
    const qemuImg = join(await ensureQemu(), 'qemu-img');
    const convert = (format: string, file: string) =>
      execa(qemuImg, ['convert', '-f', 'qcow2', '-O', format, image.file, file], { timeout: 120_000 });
    for (const format of FORMATS) await convert(format, join(staging, `${name}.${format}`));
    const raw = join(staging, `${name}.raw`);
    await convert('raw', raw);
    await pipeline(createReadStream(raw), createGzip(), createWriteStream(`${raw}.gz`));
    await rm(raw);
    await keepNewest(cacheName, 2);
  });
  return [...FORMATS, 'raw.gz'].map((format) => join(directory, `${name}.${format}`));
}
