import * as z from 'zod';
import { bytes } from './units.ts';

export const MachineVolume = z.discriminatedUnion('type', [
  z.object({ type: z.literal('filesystem'), directory: z.string() }),
  z.object({ type: z.literal('block'), device: z.string() }),
]);

/** What a disk holds when it is made. A disk that exists is never made again. */
export const MachineDiskSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('blank') }),
  /** `linked`: an overlay on the golden image, in constant time. `full`: a copy that stands alone. */
  z.object({
    type: z.literal('image'),
    path: z.string(),
    clone: z.enum(['linked', 'full']),
    /** A snapshot's layer, which stands on others, and not a golden image, which must not. */
    isLayer: z.boolean().optional(),
  }),
  /**
   * The guest is on its way here, and with it what it writes. What lies below that is fetched from the launcher of the pod
   * that it leaves, at up to `bandwidth` bytes a second.
   */
  z.object({
    type: z.literal('moved'),
    host: z.string(),
    port: z.int().min(1).max(65535),
    /** The name in that launcher's certificate. */
    server: z.string(),
    bandwidth: z.int().positive().optional(),
  }),
  /** The volume must hold a disk already; an empty one is an error, never a blank disk. */
  z.object({ type: z.literal('existing') }),
]);

export const MachineDisk = z.object({
  name: z.string(),
  device: z.enum(['disk', 'cdrom']),
  /** Of a CD-ROM drive; sata where nothing is said. */
  bus: z.enum(['sata', 'scsi']).optional(),
  volume: MachineVolume,
  size: bytes,
  bootIndex: z.int().positive().optional(),
  source: MachineDiskSource,
  /** Set while what the disk stands on in other volumes is to come into its own. */
  flatten: z.literal(true).optional(),
  /** A CD-ROM drive without a medium; its volume and source say nothing then. */
  empty: z.boolean().optional(),
});

export type MachineVolume = z.infer<typeof MachineVolume>;
export type MachineDiskSource = z.infer<typeof MachineDiskSource>;
export type MachineDisk = z.infer<typeof MachineDisk>;
