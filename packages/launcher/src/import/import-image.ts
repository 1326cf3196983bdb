import { rm } from 'node:fs/promises';
import type { ImportSpec, ImportState } from '@hypersdk/api/machine';
import { hasCode } from '../files/errno.ts';
import { ProblemError } from '../problem.ts';
import { convertImage, imageInfo } from '../qemu/disks/disk-image.ts';
import { ToolError } from '../qemu/process/tool.ts';
import { commitFile, writeFileDurably } from '../files/write-file-atomically.ts';
import { noSpace } from './download-failure.ts';
import { fetchSource } from './fetch-source.ts';
import { imageFiles, readRecord, removeImage, removeParts, type ImageRecord } from './files.ts';
import { httpClient } from './http-client.ts';
import { type Inspected, inspectDownload } from './inspect.ts';
import type { RetryOptions } from './retries.ts';
import { objectUrl } from './s3/object-url.ts';
import { AttemptLimit } from './upload/attempt-limit.ts';
import type { UploadPlace } from './upload/upload-server.ts';
import type { Fetched, Fetching } from './fetching.ts';

export interface ImportOptions {
  readonly signal: AbortSignal;
  readonly report: (state: ImportState) => void;
  readonly retries: RetryOptions;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly idleTimeout: number;
  /** Directory of the source's Secret. */
  readonly credentials: string;
  readonly upload: UploadPlace;
}

/** Milliseconds. The image may have been made to keep qemu-img busy. */
const INSPECTION_TIMEOUT = 300_000;
/** Progress at which converting begins; a download is most of the work. */
const CONVERTING = 90;

/**
 * Brings the image into its golden volume and resolves with the final state. An image that is there already
 * is left alone, unless it is to be made anew. Throws ProblemError when only somebody else can help, and leaves nothing in the volume then; throws
 * TransientError when time may help, and leaves what the next try can go on with.
 */
export async function importImage(spec: ImportSpec, options: ImportOptions): Promise<ImportState> {
  if (spec.isAnew) await removeImage(spec.directory);
  const present = await readRecord(spec.directory);
  if (present) return alreadyThere(spec, present, options.signal);
  const limit = new AttemptLimit(spec.source.type === 'upload' ? spec.source.timeout : undefined);
  try {
    return await importAnew(spec, { ...options, ...limit.on(options.signal) });
  } catch (error) {
    const problem = limit.problem ?? fullVolume(error);
    if (problem instanceof ProblemError) await removeParts(spec.directory);
    throw problem;
  } finally {
    limit.stop();
  }
}

/** Wherever it was met. */
function fullVolume(error: unknown): unknown {
  const isFull = hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT');
  return isFull ? noSpace('the volume is full', error) : error;
}

async function alreadyThere(
  spec: ImportSpec,
  record: ImageRecord,
  signal: AbortSignal,
): Promise<ImportState> {
  const { checksum } = spec;
  const differs =
    checksum && record.checksum?.startsWith(`${checksum.type}:`) && record.checksum !== text(checksum);
  // Disks may stand on it, so it is never replaced.
  if (differs) {
    const message = `The volume holds another image, ${record.checksum ?? ''} of ${record.source}; import into a volume of its own.`;
    throw new ProblemError({ reason: 'ImageMismatch', message });
  }
  await removeParts(spec.directory);
  return finalState(spec, record, signal);
}

type LimitedOptions = ImportOptions & ReturnType<AttemptLimit['on']>;

async function importAnew(spec: ImportSpec, options: LimitedOptions): Promise<ImportState> {
  const fetched = await fetchSource(spec, fetching(spec, options));
  const { path, downloaded, checksum } = fetched;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(INSPECTION_TIMEOUT)]);
  const inspected = await inspectDownload(path, { format: formatOf(spec), size: spec.size }, signal);
  const record = { source: nameOf(spec), checksum, downloaded };
  await settle(spec, { fetched, inspected, record }, options);
  await removeParts(spec.directory);
  return finalState(spec, record, options.signal);
}

/** What is on a device is what a guest sees, whatever it has written at its beginning. */
function formatOf({ source, format }: ImportSpec): ImportSpec['format'] {
  return source.type === 'claim' && source.volume.type === 'block' ? (format ?? 'raw') : format;
}

function fetching({ caBundle }: ImportSpec, { report, ...options }: LimitedOptions): Fetching {
  let total = 0;
  return {
    ...options,
    send: httpClient(caBundle),
    onProgress: (downloaded, size) => {
      total = size ?? downloaded;
      const progress =
        size === undefined ? undefined : Math.floor((downloaded / Math.max(size, 1)) * CONVERTING);
      report({ phase: 'Downloading', downloaded, total: size, progress });
    },
    onAwaiting: (downloaded) => {
      report({ phase: 'AwaitingUpload', downloaded });
    },
    onVerifying: (downloaded) => {
      report({ phase: 'Verifying', downloaded });
    },
    onUnpacking: () => {
      report({ phase: 'Unpacking', downloaded: total, total, progress: CONVERTING });
    },
  };
}

interface Verified {
  readonly fetched: Fetched;
  readonly inspected: Inspected;
  readonly record: ImageRecord;
}

/** Turns the download into the image; the last step is a rename. */
async function settle(spec: ImportSpec, verified: Verified, options: ImportOptions): Promise<void> {
  const { fetched, inspected, record } = verified;
  const files = imageFiles(spec.directory);
  const isReady = fetched.isOurs && inspected.format === 'qcow2';
  if (!isReady) await convert(fetched, files.converted, inspected, options);
  await writeFileDurably(files.record, JSON.stringify(record));
  await commitFile(isReady ? fetched.path : files.converted, files.image);
}

async function convert(
  { path, isOurs, downloaded }: Fetched,
  to: string,
  { format, virtualSize }: Inspected,
  { report, signal }: ImportOptions,
): Promise<void> {
  const onProgress = (percent: number): void => {
    const before = isOurs ? CONVERTING : 0;
    const progress = before + Math.floor((percent * (100 - before)) / 100);
    report({ phase: 'Converting', downloaded, total: downloaded, virtualSize, progress });
  };
  onProgress(0);
  await rm(to, { force: true });
  try {
    await convertImage({ from: path, fromFormat: format, to, signal, onProgress, cached: true });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (/No space left|quota/.test(error.stderr)) throw noSpace('converting takes a second copy', error);
    const message = `The image could not be converted: ${error.stderr.trim()}`;
    throw new ProblemError({ reason: 'ImageCorrupt', message }, { cause: error });
  }
}

async function finalState(spec: ImportSpec, record: ImageRecord, signal: AbortSignal): Promise<ImportState> {
  const image = await imageInfo(imageFiles(spec.directory).image, { format: 'qcow2', signal });
  const { virtualSize, actualSize } = image;
  const { downloaded, checksum } = record;
  return { phase: 'Ready', progress: 100, downloaded, total: downloaded, virtualSize, actualSize, checksum };
}

function nameOf({ source }: ImportSpec): string {
  switch (source.type) {
    case 'http':
      return source.url;
    case 's3':
      return objectUrl(source);
    case 'claim':
      return `claim ${source.name}`;
    case 'upload':
      return 'an upload';
    case 'containerDisk':
      return source.image;
  }
}

const text = ({ type, value }: NonNullable<ImportSpec['checksum']>): string =>
  `${type}:${value.toLowerCase()}`;
