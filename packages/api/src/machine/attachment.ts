import { createHash } from 'node:crypto';
import * as z from 'zod';
import { MachineDisk } from './disk.ts';
import { MachineProblem } from './problem.ts';

/** Where an attachment pod serves its disk. As IANA has it for NBD. */
export const NBD_PORT = 10809;

/** A disk that another pod serves to the machine, because the machine's own pod does not have its volume. */
export const MachineAttachment = z.object({
  /** As `attachmentName` has it. */
  disk: z.string(),
  host: z.string(),
  port: z.int().min(1).max(65535),
  /** The name in the certificate of whoever serves it. */
  server: z.string(),
});

/** A disk's own name. A drive may have another medium served while one is in it, so a medium's says which it is. */
export function attachmentName({
  name,
  device,
  volume,
}: Pick<MachineDisk, 'name' | 'device' | 'volume'>): string {
  return device === 'cdrom' ? `${name}.${mediumId(volume)}` : name;
}

/** Eight digits of the place that it would have in the machine's own pod: a place is of one medium alone. */
export function mediumId(volume: MachineDisk['volume']): string {
  const path = volume.type === 'filesystem' ? volume.directory : volume.device;
  return createHash('sha256').update(path).digest('hex').slice(0, 8);
}

/** How a disk's chain is told while another pod serves it. */
export const servedChain = (attachment: string): string => `nbd:${attachment}`;

/** What an attachment pod is to serve; it makes the disk where it is missing, and enlarges it, as a launcher would. */
export const AttachSpec = z.object({
  disk: MachineDisk,
  /** As `attachmentName` has it. Default: the disk's name. */
  exportName: z.string().optional(),
  /** The name in the certificate of the only pod that may have it. */
  client: z.string(),
});

/** How it goes; the last one is the pod's termination message. */
export const AttachState = z.object({
  phase: z.enum(['Preparing', 'Serving', 'Failed']),
  /** 0-100 while the disk is being made. */
  progress: z.int().min(0).max(100).optional(),
  problem: MachineProblem.optional(),
});

export type MachineAttachment = z.infer<typeof MachineAttachment>;
export type AttachSpec = z.infer<typeof AttachSpec>;
export type AttachState = z.infer<typeof AttachState>;
