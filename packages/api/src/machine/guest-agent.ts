import * as z from 'zod';
import { bytes } from './units.ts';

/** An interface of the guest's that has the MAC address of one of the machine's networks. */
export const GuestInterface = z.object({
  name: z.string(),
  /** In lower case. */
  mac: z.string(),
  /** As CIDR, without link-local IPv6. */
  addresses: z.array(z.string()),
});

export const GuestFileSystem = z.object({
  mountPoint: z.string(),
  type: z.string(),
  size: bytes.optional(),
  /** Follows what is used in steps, so that a guest that only works does not change the state. */
  usedPercent: z.int().min(0).max(100).optional(),
});

/** What the guest agent says. The guest may claim anything; the launcher has seen to form and length. */
export const MachineGuestAgent = z.object({
  /** `NotConnected`: nobody in the guest has opened the channel. `NotAnswering`: somebody has, and is silent. */
  connection: z.enum(['Connected', 'NotConnected', 'NotAnswering']),
  version: z.string().optional(),
  hostname: z.string().optional(),
  os: z.string().optional(),
  interfaces: z.array(GuestInterface).optional(),
  fileSystems: z.array(GuestFileSystem).optional(),
});

export type GuestInterface = z.infer<typeof GuestInterface>;
export type GuestFileSystem = z.infer<typeof GuestFileSystem>;
export type MachineGuestAgent = z.infer<typeof MachineGuestAgent>;
