/**
 * A disk whose guest is on its way here: the target fetches what lies below the file that the guest writes, and makes an
 * empty one on top, which is then mirrored. Each file is whole or has another name, so a fetch that died goes on.
 */
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MachineDisk, MachineDiskSource } from '@hypersdk/api/machine';
import type { Certificates } from '../http/certificates.ts';
import { IdleTimeout } from '../import/idle-timeout.ts';
import { SparseFile } from '../import/sparse-file.ts';
import { messageOf, ProblemError, TransientError } from '../problem.ts';
import { diskPath, partialPath } from '../qemu/disks/disk.ts';
import { createBlankImage, createOverlayUnopened } from '../qemu/disks/disk-image.ts';
import { diskFailure } from '../qemu/disks/image-failure.ts';
import { clearPartial, commitPartial } from '../qemu/disks/partial-disk.ts';
import { commitFile } from '../files/write-file-atomically.ts';
import { LENT, LentDisk } from './lent-disk.ts';
import { Pace } from './pace.ts';
import { askPeer, type Peer } from './peer.ts';

export type MovedDisk = MachineDisk & { readonly source: Extract<MachineDiskSource, { type: 'moved' }> };

export const isMoved = (disk: MachineDisk): disk is MovedDisk => disk.source.type === 'moved';

export interface Fetching {
  /** Ours. */
  readonly certificates: Certificates;
  readonly signal: AbortSignal;
  /** Percent, 0-100. */
  readonly onProgress: (percent: number) => void;
}

/** Milliseconds without a byte. */
const PATIENCE = 30_000;

/** Throws ProblemError or TransientError. */
export async function fetchDisk(disk: MovedDisk, fetching: Fetching): Promise<void> {
  try {
    const lent = LentDisk.parse(
      JSON.parse(await text(await open(disk, '', fetching, bounded(fetching.signal)))),
    );
    await fetchFiles(disk, lent, fetching);
    await makeTop(disk, lent, fetching.signal);
  } catch (error) {
    throw fetching.signal.aborted ? error : diskFailure(disk.name, error);
  }
}

const bounded = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);

/** A state of memory that is there can be told of: what is said of it comes first. */
async function fetchFiles(disk: MovedDisk, { files }: LentDisk, fetching: Fetching): Promise<void> {
  const inOrder = files.toSorted((a, b) => Number(isState(a)) - Number(isState(b)));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const pace = new Pace(disk.source.bandwidth);
  let done = 0;
  const onBytes = async (bytes: number): Promise<void> => {
    done += bytes;
    fetching.onProgress(Math.floor((100 * done) / Math.max(total, 1)));
    await pace.keep(bytes, fetching.signal);
  };
  for (const file of inOrder) {
    if (await isWhole(disk, file)) done += file.bytes;
    else await fetchFile(disk, file, { ...fetching, onBytes });
  }
}

type File = LentDisk['files'][number];
const isState = ({ name }: File): boolean => name.endsWith('.state');
const home = (disk: MachineDisk): string => dirname(diskPath(disk));

async function isWhole(disk: MachineDisk, { name, bytes }: File): Promise<boolean> {
  const found = await stat(join(home(disk), name)).catch(() => undefined);
  return found?.size === bytes;
}

interface FetchingFile extends Fetching {
  readonly onBytes: (bytes: number) => Promise<void>;
}

async function fetchFile(disk: MovedDisk, { name, bytes }: File, fetching: FetchingFile): Promise<void> {
  const path = join(home(disk), name);
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  const idle = new IdleTimeout(PATIENCE);
  const signal = AbortSignal.any([fetching.signal, idle.signal]);
  const file = await SparseFile.create(partial);
  try {
    const response = await open(disk, `/${name}`, fetching, signal);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      idle.touch();
      await file.append(chunk);
      await fetching.onBytes(chunk.byteLength);
    }
  } finally {
    idle.stop();
    await file.close();
  }
  if (file.size !== bytes) throw away(disk, `${name} has ${file.size} bytes of ${bytes}`);
  await commitFile(partial, path);
}

/** Last of all: a disk under its own name has all that it stands on. */
async function makeTop(disk: MachineDisk, { virtualSize, backing }: LentDisk, signal: AbortSignal) {
  await clearPartial(disk);
  const partial = partialPath(disk);
  if (backing === undefined) await createBlankImage(partial, virtualSize, signal);
  else await createOverlayUnopened(partial, backing, virtualSize, signal);
  await commitPartial(disk);
}

async function open(
  disk: MovedDisk,
  path: string,
  { certificates }: Fetching,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { host, port, server } = disk.source;
  const peer: Peer = { host, port, server, certificates };
  const response = await askPeer(peer, 'GET', LENT + disk.name + path, signal).catch((error: unknown) => {
    throw away(disk, messageOf(error));
  });
  const { statusCode } = response;
  if (statusCode === 200) return response;
  const said = `it answers ${statusCode}: ${await text(response)}`;
  if (statusCode !== 404) throw away(disk, said);
  const message = `Disk ${disk.name}: the launcher that the guest leaves is of a version that lends no layers: restart the VM, or migrate it with live: false.`;
  throw new ProblemError({ reason: 'LayersNotLent', message, disk: disk.name });
}

function away({ name }: MachineDisk, said: string): TransientError {
  const message = `Disk ${name}: its layers are not to be had from the pod that the guest leaves yet (${said}).`;
  return new TransientError({ reason: 'SourceAway', message, disk: name });
}
