import * as z from 'zod';
import { runTool, ToolError } from '../process/tool.ts';
import { takesDirectIo } from './direct-io.ts';

/** One file of an image's chain, as `qemu-img info` describes it. Sizes in bytes. */
export interface ImageLayer {
  readonly file: string;
  readonly format: string;
  readonly virtualSize: number;
  readonly actualSize: number;
  readonly backingFile?: string | undefined;
  /** What the image's header says of its backing file, as it says it. */
  readonly backing?: Backing | undefined;
  /** Where a qcow2 image keeps its clusters outside itself. */
  readonly dataFile?: string | undefined;
  /** The files of a vmdk image; one that stands alone names just itself. */
  readonly extents: readonly string[];
  readonly encrypted: boolean;
  readonly corrupt: boolean;
}
export interface Backing {
  readonly name: string;
  readonly format: string | undefined;
}
export type ImageFormat = 'qcow2' | 'raw' | 'vmdk' | 'vdi' | 'vhdx';

const ImageInfo = z.object({
  filename: z.string(),
  format: z.string(),
  'virtual-size': z.number(),
  'actual-size': z.number().default(0),
  'full-backing-filename': z.string().optional(),
  'backing-filename': z.string().optional(),
  'backing-filename-format': z.string().optional(),
  encrypted: z.boolean().default(false),
  'format-specific': z
    .object({
      data: z
        .object({
          'data-file': z.string().optional(),
          corrupt: z.boolean().default(false),
          extents: z.array(z.object({ filename: z.string() })).default([]),
        })
        .optional(),
    })
    .optional(),
});

/**
 * The chain from the active layer down to its base. The format of the active layer must be given: a guest
 * can write a qcow2 header into a raw disk, and probing would believe it.
 */
export async function imageChain(
  path: string,
  format: 'qcow2' | 'raw',
  signal: AbortSignal,
  /** Somebody may be writing it. */
  isOpen = false,
): Promise<ImageLayer[]> {
  const share = isOpen ? ['-U'] : [];
  const args = ['info', '--output=json', '--backing-chain', ...share, '-f', format, path];
  return z
    .array(ImageInfo)
    .parse(JSON.parse(await runTool('qemu-img', args, { signal })))
    .map(imageLayer);
}

/** One file, its format probed unless given; what it names as its backing is read but not opened. */
export async function imageInfo(
  path: string,
  options: {
    readonly format?: ImageFormat;
    /** Somebody may be writing it. */
    readonly isOpen?: boolean;
    readonly signal: AbortSignal;
  },
): Promise<ImageLayer> {
  const format = options.format ? ['-f', options.format] : [];
  const share = options.isOpen ? ['-U'] : [];
  const output = await runTool('qemu-img', ['info', '--output=json', ...share, ...format, path], options);
  return imageLayer(ImageInfo.parse(JSON.parse(output)));
}

/** Whether a qcow2 image's clusters are where its tables say. Leaked clusters only waste room. */
export async function checkImage(path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await runTool('qemu-img', ['check', '-q', '-f', 'qcow2', path], { signal });
    return true;
  } catch (error) {
    if (error instanceof ToolError && error.code === LEAKS_ONLY) return true;
    if (error instanceof ToolError) return false;
    throw error;
  }
}
const LEAKS_ONLY = 3;

export async function createBlankImage(path: string, size: number, signal: AbortSignal): Promise<void> {
  await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', path, String(size)], { signal });
}

export async function createOverlay(
  path: string,
  base: string,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const args = ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', path, String(size)];
  await runTool('qemu-img', args, { signal });
}

/** The base is named as it lies beside the overlay, and not looked at: somebody may be writing it. */
export async function createOverlayUnopened(
  path: string,
  base: string,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const args = ['create', '-q', '-u', '-f', 'qcow2', '-b', base, '-F', 'qcow2', path, String(size)];
  await runTool('qemu-img', args, { signal });
}

/** Whether a qcow2 image holds nothing of its own, so that a guest sees just what is below it. */
export async function isEmptyOverlay(path: string, signal: AbortSignal): Promise<boolean> {
  const output = await runTool('qemu-img', ['map', '--output=json', '-f', 'qcow2', path], { signal });
  return Extents.parse(JSON.parse(output)).every(({ depth, present }) => depth > 0 || !present);
}
const Extents = z.array(z.object({ depth: z.number(), present: z.boolean() }));

export async function resizeImage(path: string, size: number, signal: AbortSignal): Promise<void> {
  await runTool('qemu-img', ['resize', '-q', '-f', 'qcow2', path, String(size)], { signal });
}

/** Lets an image stand on another base, or on none, with the same content: what it needs of those between is copied first. */
export async function rebaseImage(
  path: string,
  backing: Backing | undefined,
  signal: AbortSignal,
): Promise<void> {
  const onto = ['-b', backing?.name ?? '', ...(backing ? ['-F', backing.format ?? 'qcow2'] : [])];
  await runTool('qemu-img', ['rebase', '-q', '-f', 'qcow2', ...onto, path], { signal });
}

/** Writes what an image holds into the one that it stands on; it stays as it is. */
export async function commitImage(path: string, signal: AbortSignal): Promise<void> {
  await runTool('qemu-img', ['commit', '-q', '-d', '-f', 'qcow2', path], { signal });
}

export interface Conversion extends Target {
  readonly from: string;
  readonly fromFormat: ImageFormat;
}

interface Target {
  readonly to: string;
  readonly signal: AbortSignal;
  /** Percent, 0-100. */
  readonly onProgress: (percent: number) => void;
  /** What many guests are to read stays in the node's page cache. A disk goes past that, as its guest will. */
  readonly cached?: boolean;
}

/** Copies what the guest would see into a qcow2 image that stands alone. */
export async function convertImage(conversion: Conversion): Promise<void> {
  await convert(localImage(conversion), conversion, ONTO_FILE);
}

/** The same onto a device, which is there already. */
export async function copyToDevice(conversion: Conversion): Promise<void> {
  await convert(localImage(conversion), conversion, ONTO_DEVICE);
}

/** Either, of an image that arguments of `qemu-img` name, such as another pod's export. */
export async function pullImage(
  remote: readonly string[],
  target: Target,
  onto: 'file' | 'device',
): Promise<void> {
  await convert(remote, target, onto === 'file' ? ONTO_FILE : ONTO_DEVICE);
}

const ONTO_FILE = ['-O', 'qcow2'];
const ONTO_DEVICE = ['-n', '-O', 'raw'];

const localImage = ({ from, fromFormat }: Conversion): string[] => ['-f', fromFormat, from];

async function convert(
  source: readonly string[],
  { to, signal, onProgress, cached = false }: Target,
  onto: readonly string[],
): Promise<void> {
  const cache = !cached && (await takesDirectIo(to, 'made')) ? ['-t', 'none'] : [];
  const args = ['convert', '-p', ...cache, ...onto, '-W', ...source, to];
  await runTool('qemu-img', args, { signal, onOutput: toldPercent(onProgress) });
}

/** Copies into a qcow2 image what it stands on, so that it stands alone. */
export async function flattenImage({
  path,
  signal,
  onProgress,
}: Pick<Conversion, 'signal' | 'onProgress'> & { readonly path: string }): Promise<void> {
  const args = ['rebase', '-p', '-f', 'qcow2', '-b', '', path];
  await runTool('qemu-img', args, { signal, onOutput: toldPercent(onProgress) });
}

function toldPercent(onProgress: Conversion['onProgress']) {
  return (text: string): void => {
    const percent = /\((\d+)\.\d+\/100%\)(?!.*\/100%)/.exec(text)?.[1];
    if (percent) onProgress(Number(percent));
  };
}

function imageLayer(info: z.infer<typeof ImageInfo>): ImageLayer {
  const data = info['format-specific']?.data;
  return {
    file: info.filename,
    format: info.format,
    virtualSize: info['virtual-size'],
    actualSize: info['actual-size'],
    backingFile: info['full-backing-filename'] ?? info['backing-filename'],
    backing: backingOf(info),
    dataFile: data?.['data-file'],
    extents: data?.extents.map(({ filename }) => filename) ?? [],
    encrypted: info.encrypted,
    corrupt: data?.corrupt ?? false,
  };
}

function backingOf(info: z.infer<typeof ImageInfo>): Backing | undefined {
  const name = info['backing-filename'];
  return name === undefined ? undefined : { name, format: info['backing-filename-format'] };
}
