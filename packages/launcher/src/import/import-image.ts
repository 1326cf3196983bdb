import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IMAGE_FILE, type ImportSpec, type ImportState } from '@hypersdk/api/machine';
import * as z from 'zod';
import { ProblemError } from '../problem.ts';
import { convertImage, imageInfo } from '../qemu/disk-image.ts';
import { ToolError } from '../qemu/tool.ts';
import { commitFile, writeFileDurably } from '../write-file-atomically.ts';
import { noSpace } from './download.ts';
import { downloadWithRetries, type RetryOptions } from './download-with-retries.ts';
import { type Inspected, inspectDownload } from './inspect.ts';
import { PartialDownload } from './partial-download.ts';

export interface ImportOptions {
  readonly signal: AbortSignal;
  readonly report: (state: ImportState) => void;
  readonly retries: RetryOptions;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly idleTimeout: number;
}

/** What lies beside a finished image. It is written first, so an image is never without it. */
const ImageRecord = z.object({ url: z.string(), checksum: z.string(), downloaded: z.number() });
type ImageRecord = z.infer<typeof ImageRecord>;

/** Milliseconds. The image may have been made to keep qemu-img busy. */
const INSPECTION_TIMEOUT = 300_000;
/** Progress at which converting begins; a download is most of the work. */
const CONVERTING = 90;

/**
 * Brings the image into its golden volume and resolves with the final state. An image that is there already
 * is left alone. Throws ProblemError when only somebody else can help and TransientError when time may.
 */
export async function importImage(spec: ImportSpec, options: ImportOptions): Promise<ImportState> {
  if (!/^https?:/.test(spec.url)) throw unsupportedSource(spec.url);
  const present = await readRecord(spec.directory);
  if (present) return alreadyThere(spec, present, options.signal);
  const partial = await PartialDownload.open(spec.directory, spec.checksum?.type ?? 'sha256');
  try {
    const checksum = await downloadVerified(spec, partial, options);
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(INSPECTION_TIMEOUT)]);
    const inspected = await inspectDownload(partial.path, spec.format, signal);
    const record = { url: spec.url, checksum, downloaded: partial.size };
    await settle(spec, partial, { inspected, record }, options);
    await partial.remove();
    return await finalState(spec, record, options.signal);
  } finally {
    await partial.close();
  }
}

async function alreadyThere(
  spec: ImportSpec,
  record: ImageRecord,
  signal: AbortSignal,
): Promise<ImportState> {
  const { checksum } = spec;
  const differs =
    checksum && record.checksum.startsWith(`${checksum.type}:`) && record.checksum !== text(checksum);
  // Disks may stand on it, so it is never replaced.
  if (differs) {
    const message = `The volume holds another image, ${record.checksum} of ${record.url}; import into a volume of its own.`;
    throw new ProblemError({ reason: 'ImageMismatch', message });
  }
  for (const leftover of [...PartialDownload.files, CONVERTED]) {
    await rm(join(spec.directory, leftover), { force: true });
  }
  return finalState(spec, record, signal);
}

/** Downloads until the content is what the checksum says; resolves with the checksum found. */
async function downloadVerified(
  spec: ImportSpec,
  partial: PartialDownload,
  options: ImportOptions,
): Promise<string> {
  const onProgress = (downloaded: number, total: number | undefined): void => {
    const progress =
      total === undefined ? undefined : Math.floor((downloaded / Math.max(total, 1)) * CONVERTING);
    options.report({ phase: 'Downloading', downloaded, total, progress });
  };
  await downloadWithRetries(partial, { ...options, url: spec.url, onProgress }, options.retries);
  options.report({ phase: 'Verifying', downloaded: partial.size, total: partial.size, progress: CONVERTING });
  const found = text({ type: spec.checksum?.type ?? 'sha256', value: partial.digest });
  if (!spec.checksum || found === text(spec.checksum)) return found;
  const { resumed } = partial;
  await partial.restart({ url: spec.url });
  // The beginning may have been spoilt while it lay here; the whole in one go leaves no such doubt.
  if (resumed) return downloadVerified(spec, partial, options);
  const message = `The download has ${found} and not ${text(spec.checksum)}; correct the checksum or the source.`;
  throw new ProblemError({ reason: 'ChecksumMismatch', message });
}

interface Verified {
  readonly inspected: Inspected;
  readonly record: ImageRecord;
}

/** Turns the download into IMAGE_FILE; the last step is a rename. */
async function settle(
  spec: ImportSpec,
  partial: PartialDownload,
  { inspected, record }: Verified,
  options: ImportOptions,
): Promise<void> {
  const image = join(spec.directory, IMAGE_FILE);
  const ready = inspected.format === 'qcow2' ? partial.path : join(spec.directory, CONVERTED);
  if (ready !== partial.path) await convert(partial, ready, inspected, options);
  await writeFileDurably(recordPath(spec.directory), JSON.stringify(record));
  await commitFile(ready, image);
}

async function convert(
  partial: PartialDownload,
  to: string,
  { format, virtualSize }: Inspected,
  { report, signal }: ImportOptions,
): Promise<void> {
  const onProgress = (percent: number): void => {
    const progress = CONVERTING + Math.floor((percent * (100 - CONVERTING)) / 100);
    report({ phase: 'Converting', downloaded: partial.size, total: partial.size, virtualSize, progress });
  };
  onProgress(0);
  await rm(to, { force: true });
  try {
    await convertImage({ from: partial.path, fromFormat: format, to, signal, onProgress });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    await rm(to, { force: true });
    if (/No space left|quota/.test(error.stderr)) throw noSpace('converting takes a second copy', error);
    const message = `The image could not be converted: ${error.stderr.trim()}`;
    throw new ProblemError({ reason: 'ImageCorrupt', message }, { cause: error });
  }
}

async function finalState(spec: ImportSpec, record: ImageRecord, signal: AbortSignal): Promise<ImportState> {
  const image = await imageInfo(join(spec.directory, IMAGE_FILE), { format: 'qcow2', signal });
  const { virtualSize, actualSize } = image;
  const { downloaded, checksum } = record;
  return { phase: 'Ready', progress: 100, downloaded, total: downloaded, virtualSize, actualSize, checksum };
}

const CONVERTED = 'convert.part';

const unsupportedSource = (url: string): ProblemError =>
  new ProblemError({
    reason: 'UnsupportedSource',
    message: `Only http and https URLs are imported, not ${url}.`,
  });

const recordPath = (directory: string): string => join(directory, 'image.json');

async function readRecord(directory: string): Promise<ImageRecord | undefined> {
  const image = await stat(join(directory, IMAGE_FILE)).catch(() => undefined);
  if (!image) return undefined;
  return ImageRecord.parse(JSON.parse(await readFile(recordPath(directory), 'utf8')));
}

const text = ({ type, value }: NonNullable<ImportSpec['checksum']>): string =>
  `${type}:${value.toLowerCase()}`;
