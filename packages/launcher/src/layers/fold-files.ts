import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commitImage, rebaseImage } from '../qemu/disks/disk-image.ts';
import { commitFile } from '../files/write-file-atomically.ts';
import type { DroppedLayer, Fold } from './next-fold.ts';
import { removeLayer, type VolumeLayer } from './volume-layers.ts';

/**
 * Does one fold with files that no QEMU has open. Whoever dies at whatever point, every other layer holds what it held,
 * and the same fold, or what is left of it, is found again.
 */
export async function foldFiles(directory: string, fold: Fold, signal: AbortSignal): Promise<void> {
  switch (fold.type) {
    case 'remove':
      return removeLayer(directory, fold.layer.id);
    case 'stream':
      // Copied first; then one write of the header lets go of the layer.
      await rebaseImage(join(directory, fold.above.file), fold.layer.backing, signal);
      return removeLayer(directory, fold.layer.id);
    case 'commit':
      // What is written below shines through nowhere: above it the same is there already.
      await commitImage(join(directory, fold.above.file), signal);
      return takePlace(directory, fold.layer, fold.above);
  }
}

/**
 * Gives the layer, which holds by now what the one above it holds, that one's name, by which all that stand on it find
 * it.
 */
export async function takePlace(
  directory: string,
  layer: Pick<DroppedLayer, 'file' | 'id'>,
  above: Pick<VolumeLayer, 'file'>,
): Promise<void> {
  const place = join(directory, above.file);
  const next = `${place}.next`;
  await rm(next, { force: true });
  await link(join(directory, layer.file), next);
  await commitFile(next, place);
  // A rename onto another name of the same file does nothing: an attempt before this one did it.
  await rm(next, { force: true });
  await removeLayer(directory, layer.id);
}
