import * as z from 'zod';
import { MachineVolume } from './disk.ts';
import { MachineProblem } from './problem.ts';

/** A disk that a pod of another namespace serves by NBD, under its name. */
export const RemoteVolume = z.object({
  type: z.literal('remote'),
  host: z.string(),
  port: z.int().min(1).max(65535),
  /** The name in the certificate of whoever serves it. */
  server: z.string(),
});

/** One disk that a copier makes of another. */
export const CopyDisk = z.object({
  name: z.string(),
  /** A remote one can be copied in full only. */
  from: z.discriminatedUnion('type', [...MachineVolume.options, RemoteVolume]),
  to: MachineVolume,
  /**
   * `full`: a copy that stands alone. `linked`: an overlay on a layer of the source's; where the path of `from` is, the
   * layer is to be found in the clone's pod, too. `flatten`: `from` itself, which then stands alone; `to` is the same.
   */
  mode: z.enum(['linked', 'full', 'flatten']),
});

/** A guest's memory, by which the clone goes on where its source was. */
export const CopyMemory = z.object({
  /** Where it was saved, and the file of its state. */
  from: z.object({ directory: z.string(), file: z.string() }),
  /** Set where nobody else needs it: it is taken away then. */
  isMoved: z.boolean(),
  to: z.object({ disk: z.string(), directory: z.string() }),
  /** What the clone is known by. */
  uuid: z.uuid(),
  macs: z.record(z.string(), z.string()).describe('By network.'),
  /** Hostname of a clone whose guest is to become another than its source's. */
  hostname: z.string().optional(),
});

/** What a copier is to do with the disks of one machine, which nobody else writes meanwhile. */
export const CopySpec = z.object({
  /** Names the layers that are frozen for it: letters, digits and dashes. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** Set when the source's launcher has frozen the disks under this id already, so that its guest may write on. */
  isFrozen: z.boolean(),
  disks: z.array(CopyDisk),
  memory: CopyMemory.optional(),
  /** Directories with what the firmware keeps, of a clone that is to be the same machine. */
  firmware: z.object({ from: z.string(), to: z.string() }).optional(),
});

/** What a disk server lets one copier read, for as long as its pod stands. How it goes is an `AttachState`. */
export const ServeSpec = CopySpec.pick({ id: true, isFrozen: true }).extend({
  disks: z.array(z.object({ name: z.string(), from: MachineVolume })),
  /** The name in the certificate of the only pod that may have them. */
  client: z.string(),
});

/** How it goes; the last one is the copier's termination message. */
export const CopyState = z.object({
  phase: z.enum(['Copying', 'Ready', 'Failed']),
  /** 0-100 of all disks together. */
  progress: z.int().min(0).max(100),
  problem: MachineProblem.optional(),
});

export type RemoteVolume = z.infer<typeof RemoteVolume>;
export type ServeSpec = z.infer<typeof ServeSpec>;
export type CopyMemory = z.infer<typeof CopyMemory>;
export type CopyDisk = z.infer<typeof CopyDisk>;
export type CopySpec = z.infer<typeof CopySpec>;
export type CopyState = z.infer<typeof CopyState>;
