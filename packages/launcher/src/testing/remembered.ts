import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

interface Layer {
  readonly digest: string;
  /** The path of what it stands on. */
  readonly below: string | undefined;
}

const layers = new Map<string, Layer>();
const found = new Map<string, unknown>();

/** What was found in a layer by `look`, which is not asked again while it and all below are, byte for byte, as they were. */
export async function remembered<T>(what: string, file: string, look: () => Promise<T> | T): Promise<T> {
  const key = [what, ...(await digestsOf(file))].join();
  if (!found.has(key)) found.set(key, await look());
  return found.get(key) as T; // of the same `what`
}

/** Of a layer and of those that it stands on. */
async function digestsOf(file: string): Promise<string[]> {
  const { digest, below } = await layerOf(file);
  return below === undefined ? [digest] : [digest, ...(await digestsOf(below))];
}

/** Read again when it has changed. */
async function layerOf(file: string): Promise<Layer> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  const state = [file, ino, size, mtimeNs, ctimeNs].join();
  const known = layers.get(state);
  if (known) return known;
  const bytes = await readFile(file);
  const below = backingFile(bytes);
  const layer = {
    digest: hash('sha256', bytes),
    below: below === undefined ? undefined : resolve(dirname(file), below),
  };
  layers.set(state, layer);
  return layer;
}

/** By the header of QEMU's docs/interop/qcow2: where the name begins, and its length in bytes. */
function backingFile(layer: Buffer): string | undefined {
  if (layer.toString('latin1', 0, 3) !== 'QFI') return undefined;
  const [at, length] = [Number(layer.readBigUInt64BE(8)), layer.readUInt32BE(16)];
  return at === 0 ? undefined : layer.toString('utf8', at, at + length);
}
