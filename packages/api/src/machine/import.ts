import * as z from 'zod';
import { MachineVolume } from './disk.ts';
import { MachineProblem } from './problem.ts';
import { bytes } from './units.ts';

/** Where the importer gets an image from. */
export const ImportSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('http'), url: z.url() }),
  z.object({
    type: z.literal('s3'),
    /** Amazon's for the region where absent. */
    endpoint: z.url().optional(),
    region: z.string(),
    bucket: z.string(),
    key: z.string(),
    addressingStyle: z.enum(['path', 'virtual']),
  }),
  z.object({
    type: z.literal('claim'),
    /** For people. */
    name: z.string(),
    volume: MachineVolume,
    /** File in a filesystem volume; `CLAIM_FILES` are tried where absent. */
    path: z.string().optional(),
  }),
  z.object({
    type: z.literal('containerDisk'),
    /** As container engines write it: `[host[:port]/]name[:tag][@digest]`. */
    image: z.string(),
    /** File in the image; the only one in /disk where absent. */
    path: z.string().optional(),
    /** The registry speaks HTTP without TLS. */
    plainHttp: z.boolean(),
  }),
  z.object({
    type: z.literal('upload'),
    /** Milliseconds that an attempt may take from the first byte that a client sends. */
    timeout: z.int().positive().optional(),
  }),
]);

/** What the importer is to fetch into a golden volume, and how it went (its termination message). */
export const ImportSpec = z.object({
  source: ImportSource,
  format: z.enum(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx']).optional(),
  checksum: z.object({ type: z.enum(['sha256', 'sha512']), value: z.string() }).optional(),
  /** The most that the guest may see of the image. */
  size: bytes.optional(),
  /** Authorities in PEM that servers are trusted by, beside the public ones. */
  caBundle: z.string().optional(),
  /** An image that is there is wrong, and nobody stands on it: it goes first. */
  isAnew: z.boolean().optional(),
  /** Directory of the golden volume; the result is `IMAGE_FILE` in it. */
  directory: z.string(),
});
export const ImportState = z.object({
  phase: z.enum(['AwaitingUpload', 'Downloading', 'Verifying', 'Unpacking', 'Converting', 'Ready', 'Failed']),
  /** 0-100 of the whole import; absent while the size is unknown. */
  progress: z.int().min(0).max(100).optional(),
  downloaded: bytes,
  total: bytes.optional(),
  virtualSize: bytes.optional(),
  actualSize: bytes.optional(),
  /** Absent of a claim's content that no checksum was given for. */
  checksum: z.string().optional(),
  problem: MachineProblem.optional(),
});

export type ImportSource = z.infer<typeof ImportSource>;
export type ImportSpec = z.infer<typeof ImportSpec>;
export type ImportState = z.infer<typeof ImportState>;
