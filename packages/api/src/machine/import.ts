import * as z from 'zod';
import { MachineProblem } from './problem.ts';
import { bytes } from './units.ts';

/** What the importer is to fetch into a golden volume, and how it went (its termination message). */
export const ImportSpec = z.object({
  url: z.url(),
  format: z.enum(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx']).optional(),
  checksum: z.object({ type: z.enum(['sha256', 'sha512']), value: z.string() }).optional(),
  /** Directory of the golden volume; the result is `IMAGE_FILE` in it. */
  directory: z.string(),
});
export const ImportState = z.object({
  phase: z.enum(['Downloading', 'Verifying', 'Converting', 'Ready', 'Failed']),
  /** 0-100 of the whole import; absent while the size is unknown. */
  progress: z.int().min(0).max(100).optional(),
  downloaded: bytes,
  total: bytes.optional(),
  virtualSize: bytes.optional(),
  actualSize: bytes.optional(),
  checksum: z.string().optional(),
  problem: MachineProblem.optional(),
});

export type ImportSpec = z.infer<typeof ImportSpec>;
export type ImportState = z.infer<typeof ImportState>;
