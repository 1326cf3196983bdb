/** What lies in a golden volume. */
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IMAGE_FILE } from '@hypersdk/api/machine';
import * as z from 'zod';
import { IMAGE_RECORD } from '../qemu/disks/cloned-image.ts';
import { PartialDownload } from './partial-download.ts';

/** What lies beside a finished image. It is written first, so an image is never without it. */
export const ImageRecord = z.object({
  source: z.string(),
  checksum: z.string().optional(),
  downloaded: z.number(),
});
export type ImageRecord = z.infer<typeof ImageRecord>;

export interface ImageFiles {
  readonly image: string;
  readonly record: string;
  /** A disk taken out of an archive or a container image. */
  readonly unpacked: string;
  readonly converted: string;
}

export const imageFiles = (directory: string): ImageFiles => ({
  image: join(directory, IMAGE_FILE),
  record: join(directory, IMAGE_RECORD),
  unpacked: join(directory, 'unpack.part'),
  converted: join(directory, 'convert.part'),
});

/** Undefined while there is no finished image. */
export async function readRecord(directory: string): Promise<ImageRecord | undefined> {
  const files = imageFiles(directory);
  const image = await stat(files.image).catch(() => undefined);
  return image && ImageRecord.parse(JSON.parse(await readFile(files.record, 'utf8')));
}

/** The image first, which is never without its record. */
export async function removeImage(directory: string): Promise<void> {
  const { image, record } = imageFiles(directory);
  for (const file of [image, record]) await rm(file, { force: true });
  await removeParts(directory);
}

/** Removes whatever is not the finished image. */
export async function removeParts(directory: string): Promise<void> {
  const { unpacked, converted } = imageFiles(directory);
  const downloads = PartialDownload.files.map((name) => join(directory, name));
  for (const part of [unpacked, converted, ...downloads]) await rm(part, { force: true });
}
