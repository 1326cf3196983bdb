import * as z from 'zod';
import { bytes } from './units.ts';

/**
 * What a machine is built with and keeps until it ends. Whoever takes its state over, from another node or from a file,
 * has to be built with the same.
 */
export const MachineRoom = z.object({
  bootCpus: z.int().min(1).describe('Processors that the machine starts with: devices have as many queues.'),
  maxCpus: z
    .int()
    .min(1)
    .describe(
      "Processors that the guest's tables have places for; those that are missing may come while it runs.",
    ),
  bootMemory: bytes.describe(
    "Memory that is there from the guest's first instruction on and never goes, in bytes.",
  ),
  maxMemory: bytes.describe('That and the room of the memory device, in bytes.'),
  machine: z
    .string()
    .optional()
    .describe(
      "QEMU's name of the machine type with its version, as pc-q35-10.0: newer releases have it, too. Absent before QEMU has said it.",
    ),
  generation: z
    .string()
    .optional()
    .describe(
      'VM generation ID: the guest that finds another one than before is a copy, or was set back. Absent where the machine has no device for it.',
    ),
});

/** Something that the running machine is on its way to. */
export const MachineResizing = z.object({
  field: z.enum(['cpus', 'memory']),
  /** A count, or bytes. */
  now: z.int().nonnegative(),
  wanted: z.int().nonnegative(),
  /** What stands in the way, where something does; it is tried again. */
  message: z.string().optional(),
});

export type MachineRoom = z.infer<typeof MachineRoom>;
export type MachineResizing = z.infer<typeof MachineResizing>;
