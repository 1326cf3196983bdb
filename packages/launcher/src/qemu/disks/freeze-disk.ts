import { link, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DISK_FILE, layerFile, MOST_LAYERS } from '@hypersdk/api/machine';
import { hasCode } from '../../files/errno.ts';
import { ProblemError } from '../../problem.ts';
import { commitFile } from '../../files/write-file-atomically.ts';
import { createOverlayUnopened } from './disk-image.ts';

export interface Freezing {
  readonly directory: string;
  /** Names the layer; the same id freezes once. */
  readonly id: string;
  /** Bytes that the guest sees. */
  readonly virtualSize: number;
  /** A second name of the overlay, for a QEMU that is to go on in it. */
  readonly overlay?: string;
  readonly signal: AbortSignal;
}

/**
 * Gives the disk's file a second name, that of the layer, and puts an empty overlay in its place. After each step the
 * disk holds what it held, whoever dies. It holds also while a QEMU still has the file open and writes to it: what it
 * writes then is in the layer, below an overlay that is empty. Resolves with the layer's path.
 */
export async function freezeDisk({ directory, id, virtualSize, overlay, signal }: Freezing): Promise<string> {
  const active = join(directory, DISK_FILE);
  const layer = join(directory, layerFile(id));
  await linkOnce(active, layer);
  if (!(await isSameFile(active, layer))) return layer;
  const next = `${active}.next`;
  await rm(next, { force: true });
  await createOverlayUnopened(next, layerFile(id), virtualSize, signal);
  if (overlay !== undefined) {
    await rm(overlay, { force: true });
    await link(next, overlay);
  }
  await commitFile(next, active);
  return layer;
}

/** Of a disk of so many files. Throws ProblemError. */
export function refuseAnotherLayer(disk: string, layers: number): void {
  if (layers < MOST_LAYERS) return;
  const message = `Disk ${disk} consists of ${layers} layers, and may not of more than ${MOST_LAYERS}: delete snapshots, or flatten it.`;
  throw new ProblemError({ reason: 'TooManyLayers', message, disk });
}

async function linkOnce(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a), stat(b)]);
  return one.ino === other.ino && one.dev === other.dev;
}
