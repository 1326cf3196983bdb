import { realpath } from 'node:fs/promises';
import { formatBytes } from '@hypersdk/api/quantity';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { checkImage, type ImageFormat, imageInfo, type ImageLayer } from '../qemu/disks/disk-image.ts';
import { ToolError } from '../qemu/process/tool.ts';
import { firstBytes } from './compression.ts';

const formats: ReadonlySet<string> = new Set(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx'] satisfies ImageFormat[]);
const LARGEST = 64 * 1024 ** 4;

/** What a server sends instead of a disk image, by its first bytes in hex. */
const notImages = [
  { magic: /^1f8b/, name: 'a gzip archive in an archive' },
  { magic: /^fd377a585a00/, name: 'an xz archive in an archive' },
  { magic: /^28b52ffd/, name: 'a zstd archive in an archive' },
  { magic: /^425a68/, name: 'a bzip2 archive' },
  { magic: /^504b0304/, name: 'a zip archive' },
  { magic: /^(efbbbf)?(0a|0d|20)*3c(21|68|48|3f)/, name: 'a web page' },
];

export interface Inspected {
  readonly format: ImageFormat;
  readonly virtualSize: number;
}

/**
 * Finds out what was downloaded, believing nothing that it says of other files: an image with a backing
 * file or a data file of its own could read whatever the pod can. Throws ProblemError.
 */
export async function inspectDownload(
  path: string,
  { format: wanted, size }: Pick<ImportSpec, 'format' | 'size'>,
  signal: AbortSignal,
): Promise<Inspected> {
  await refuseKnownStrangers(path);
  // Any bytes are a raw disk; what its guest wrote at the beginning may look like another format.
  const info = await describe(path, { signal, ...(wanted === 'raw' && { format: wanted }) });
  const { format } = info;
  if (!isSupported(format)) throw unsupported(`it is of format ${format}`);
  if (wanted && wanted !== format) throw unsupported(`it should be ${wanted} and is ${format}`);
  await refuseReferences(path, info);
  if (info.encrypted) throw unsupported('it is encrypted');
  refuseTooLarge(info.virtualSize, size);
  if (format === 'qcow2') await refuseCorrupt(path, info, signal);
  return { format, virtualSize: info.virtualSize };
}

async function refuseKnownStrangers(path: string): Promise<void> {
  const start = (await firstBytes(path, 16)).toString('hex');
  if (start === '') throw notAnImage('it is empty');
  const stranger = notImages.find(({ magic }) => magic.test(start));
  if (stranger) throw notAnImage(`it is ${stranger.name}`);
}

/** A guest that sees more than it was said to is not what its users have planned their disks for. */
function refuseTooLarge(virtualSize: number, size = LARGEST): void {
  if (virtualSize <= Math.min(size, LARGEST)) return;
  const limit =
    size < LARGEST ? `image.size says ${formatBytes(size)}: raise it or leave it out` : '64Ti is the most';
  const message = `A guest sees ${formatBytes(virtualSize)} of the image; ${limit}.`;
  throw new ProblemError({ reason: 'ImageTooLarge', message });
}

async function describe(path: string, options: Parameters<typeof imageInfo>[1]): Promise<ImageLayer> {
  try {
    return await imageInfo(path, options);
  } catch (error) {
    if (error instanceof ToolError)
      throw notAnImage(`qemu-img cannot read it: ${error.stderr.trim()}`, error);
    throw error;
  }
}

async function refuseReferences(path: string, info: ImageLayer): Promise<void> {
  const own = await realpath(path);
  const extents = info.extents.filter((extent) => extent !== path && extent !== own);
  const other = info.backingFile ?? info.dataFile ?? extents[0];
  if (other === undefined) return;
  const message = `The image refers to another file, ${other}; publish it as one file that stands alone.`;
  throw new ProblemError({ reason: 'UnsafeImage', message });
}

/** A file that was cut short where no checksum could tell. */
async function refuseCorrupt(path: string, info: ImageLayer, signal: AbortSignal): Promise<void> {
  if (!info.corrupt && (await checkImage(path, signal))) return;
  const message = 'The image is damaged or was cut short; publish it again, best with a checksum.';
  throw new ProblemError({ reason: 'ImageCorrupt', message });
}

const isSupported = (format: string): format is ImageFormat => formats.has(format);

const unsupported = (what: string): ProblemError => unusable('UnsupportedFormat', what);
const notAnImage = (what: string, cause?: unknown): ProblemError => unusable('NotAnImage', what, cause);

function unusable(reason: string, what: string, cause?: unknown): ProblemError {
  const message = `What was downloaded is no disk image that can be used: ${what}. Give a qcow2, raw, vmdk, vdi or vhdx file, plain or packed by gzip, xz or zstd.`;
  return new ProblemError({ reason, message }, { cause });
}
