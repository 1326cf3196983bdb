import * as z from 'zod';
import { MachineVolume } from './disk.ts';
import { MachineProblem } from './problem.ts';

/** One disk that a copier makes of another. */
export const CopyDisk = z.object({
  name: z.string(),
  from: MachineVolume,
  to: MachineVolume,
  /**
   * `full`: a copy that stands alone. `linked`: an overlay on a layer of the source's; where the path of `from` is, the
   * layer is to be found in the clone's pod, too. `flatten`: `from` itself, which then stands alone; `to` is the same.
   */
  mode: z.enum(['linked', 'full', 'flatten']),
});

/** What a copier is to do with the disks of one machine, which nobody else writes meanwhile. */
export const CopySpec = z.object({
  /** Names the layers that are frozen for it: letters, digits and dashes. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** Set when the source's launcher has frozen the disks under this id already, so that its guest may write on. */
  isFrozen: z.boolean(),
  disks: z.array(CopyDisk),
});

/** How it goes; the last one is the copier's termination message. */
export const CopyState = z.object({
  phase: z.enum(['Copying', 'Ready', 'Failed']),
  /** 0-100 of all disks together. */
  progress: z.int().min(0).max(100),
  problem: MachineProblem.optional(),
});

export type CopyDisk = z.infer<typeof CopyDisk>;
export type CopySpec = z.infer<typeof CopySpec>;
export type CopyState = z.infer<typeof CopyState>;
