/** The packings that images come in. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf, ProblemError } from '../problem.ts';

type Unpack = (packed: Readable) => AsyncIterable<Uint8Array>;

interface Compression {
  readonly name: string;
  /** Of the file's first bytes in hex. */
  readonly magic: RegExp;
  readonly unpack: Unpack;
}

const compressions: readonly Compression[] = [
  { name: 'gzip', magic: /^1f8b/, unpack: (packed) => pipe(packed, createGunzip()) },
  { name: 'zstd', magic: /^28b52ffd/, unpack: (packed) => pipe(packed, createZstdDecompress()) },
  { name: 'xz', magic: /^fd377a585a00/, unpack: unxz },
];

/** A file's content, unpacked where it is packed. The content of a damaged archive ends with a ProblemError. */
export interface Content {
  readonly isPacked: boolean;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

export async function contentOf(path: string): Promise<Content> {
  const start = await firstBytes(path, 16);
  const found = compressions.find(({ magic }) => magic.test(start.toString('hex')));
  if (!found) return { isPacked: false, bytes: () => readFrom(path) as AsyncIterable<Buffer> };
  return { isPacked: true, bytes: () => unpacked(path, found) };
}

export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const readFrom = (path: string): Readable => createReadStream(path, { highWaterMark: 256 * 1024 });

/** What fails here is the archive: whatever is done with the bytes fails elsewhere. */
async function* unpacked(path: string, { name, unpack }: Compression): AsyncIterable<Uint8Array> {
  try {
    yield* unpack(readFrom(path));
  } catch (cause) {
    const message = `The ${name} archive is damaged or was cut short (${messageOf(cause)}): publish it again, best with a checksum.`;
    throw new ProblemError({ reason: 'ImageCorrupt', message }, { cause });
  }
}

function pipe(packed: Readable, decompressor: Transform): AsyncIterable<Buffer> {
  packed.on('error', (error) => decompressor.destroy(error));
  return packed.pipe(decompressor);
}

/** Loaded only when it is needed: it is WebAssembly. */
async function* unxz(packed: Readable): AsyncIterable<Uint8Array> {
  const { default: xz } = await import('xz-decompress');
  // The DOM's type of it; Node's is the same.
  yield* new xz.XzReadableStream(Readable.toWeb(packed) as ReadableStream<Uint8Array>);
}
