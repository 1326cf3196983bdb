import { open, realpath } from 'node:fs/promises';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { checkImage, type ImageFormat, imageInfo, type ImageLayer } from '../qemu/disk-image.ts';
import { ToolError } from '../qemu/tool.ts';

const formats: ReadonlySet<string> = new Set(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx'] satisfies ImageFormat[]);
const LARGEST = 64 * 1024 ** 4;

/** What a server sends instead of a disk image, by its first bytes in hex. */
const notImages = [
  { magic: /^1f8b/, name: 'a gzip archive' },
  { magic: /^fd377a585a00/, name: 'an xz archive' },
  { magic: /^28b52ffd/, name: 'a zstd archive' },
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
  wanted: ImportSpec['format'],
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
  if (info.virtualSize > LARGEST) {
    throw new ProblemError({
      reason: 'ImageTooLarge',
      message: `The image claims ${info.virtualSize} bytes; 64 TiB is the most.`,
    });
  }
  if (format === 'qcow2') await refuseCorrupt(path, info, signal);
  return { format, virtualSize: info.virtualSize };
}

async function refuseKnownStrangers(path: string): Promise<void> {
  const file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
  await file.close();
  if (bytesRead === 0) throw unsupported('it is empty');
  const stranger = notImages.find(({ magic }) => magic.test(buffer.toString('hex')));
  if (stranger) throw unsupported(`it is ${stranger.name}`);
}

async function describe(path: string, options: Parameters<typeof imageInfo>[1]): Promise<ImageLayer> {
  try {
    return await imageInfo(path, options);
  } catch (error) {
    if (error instanceof ToolError)
      throw unsupported(`qemu-img cannot read it: ${error.stderr.trim()}`, error);
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

const unsupported = (what: string, cause?: unknown): ProblemError =>
  new ProblemError(
    {
      reason: 'UnsupportedFormat',
      message: `What was downloaded is no disk image that can be used: ${what}. Give a plain qcow2, raw, vmdk, vdi or vhdx file.`,
    },
    { cause },
  );
