import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { extract, type Extract, type Header } from 'tar-stream';
import { messageOf, ProblemError } from '../../problem.ts';
import { contentOf } from '../compression.ts';
import { SparseFile } from '../sparse-file.ts';

/** A file in a tar archive: a header, and a stream that must be read. */
type Entry = Extract extends AsyncIterable<infer T> ? T : never;

/** Where KubeVirt's container disks keep theirs. */
const DISK_DIRECTORY = 'disk';

export interface DiskSearch {
  /** File that is wanted; the only one in /disk where absent. */
  readonly path?: string | undefined;
  /** Paths that layers above have removed. */
  readonly removed: Set<string>;
}

/**
 * Unpacks the disk from a layer to `to`; resolves with its path in the image, or undefined when the layer has none. What
 * the layer removes from those below is added to `removed`.
 */
export async function diskInLayer(
  layer: string,
  to: string,
  { path, removed }: DiskSearch,
): Promise<string | undefined> {
  const hidden = new Set(removed);
  const found: string[] = [];
  for await (const entry of entriesOf(layer)) {
    const name = nameOf(entry.header);
    note(name, removed);
    if (!isDisk(name, entry.header, path) || isRemoved(name, hidden)) entry.resume();
    else if (found.push(name) === 1) await unpack(entry, to);
    else entry.resume();
  }
  if (found.length <= 1) return found[0];
  const message = `The container image has several files in /${DISK_DIRECTORY}, ${found.join(', ')}: say which by source.containerDisk.path.`;
  throw new ProblemError({ reason: 'AmbiguousDisk', message });
}

async function* entriesOf(layer: string): AsyncIterable<Entry> {
  const { bytes } = await contentOf(layer);
  const tar = extract();
  const source = Readable.from(bytes());
  source.on('error', (error) => {
    tar.destroy(error);
  });
  source.pipe(tar);
  try {
    yield* tar;
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    const message = `A layer of the container image cannot be read: ${messageOf(cause)}.`;
    throw new ProblemError({ reason: 'ImageCorrupt', message }, { cause });
  } finally {
    source.destroy();
  }
}

const nameOf = ({ name }: Header): string => posix.normalize(`/${name}`).slice(1);

function isDisk(name: string, { type }: Header, path: string | undefined): boolean {
  if (type !== 'file' && type !== 'contiguous-file') return false;
  if (posix.basename(name).startsWith(WHITEOUT)) return false;
  if (path !== undefined) return name === posix.normalize(`/${path}`).slice(1);
  return posix.dirname(name) === DISK_DIRECTORY;
}

/** OCI's way to say that a layer removes a file, or all that a directory had below. */
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

function note(name: string, removed: Set<string>): void {
  const base = posix.basename(name);
  if (base === OPAQUE) removed.add(posix.dirname(name));
  else if (base.startsWith(WHITEOUT))
    removed.add(posix.join(posix.dirname(name), base.slice(WHITEOUT.length)));
}

function isRemoved(name: string, removed: ReadonlySet<string>): boolean {
  return [...removed].some((path) => path === name || name.startsWith(`${path}/`));
}

async function unpack(entry: Entry, to: string): Promise<void> {
  const file = await SparseFile.create(to);
  try {
    for await (const chunk of entry as AsyncIterable<Uint8Array>) await file.append(chunk);
  } finally {
    await file.close();
  }
}
