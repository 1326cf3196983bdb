import * as z from 'zod';
import { MachineAttachment } from './attachment.ts';
import { MachineDisk } from './disk.ts';
import { MachineFirmware } from './firmware.ts';
import { LayerId } from './layers.ts';
import { MachineExpected, MachineIncoming, MachineOutgoing } from './migration.ts';
import { MachineRoom } from './room.ts';
import { bytes } from './units.ts';

export const MachineNetwork = z.object({
  name: z.string(),
  binding: z.enum(['user', 'masquerade']),
  mac: z.string(),
  /** Ports reachable on the pod IP; the `user` binding forwards just these. */
  ports: z.array(z.object({ port: z.int().min(1).max(65535), protocol: z.enum(['TCP', 'UDP']) })),
});

/**
 * Something done once to a guest that stands. The launcher puts the id on record when it is done, so a crash in
 * between at worst repeats it. `resume` lets a guest go on that QEMU stopped, say because a disk was full;
 * `freeze` makes layers of all its disks at one instant, under the id's first eight digits.
 */
export const MachineRequest = z.object({
  id: z.string(),
  type: z.enum(['reset', 'resume', 'freeze']),
  /** Of `freeze`: have the guest agent write out what the guest holds back. Default: true. */
  quiesce: z.boolean().optional(),
  /** Of `freeze`: keep the guest's memory of that very instant, too. */
  memory: z.boolean().optional(),
  /** Of `freeze` with memory: it is a clone's, which takes it away. What nobody has taken goes when nobody asks for it. */
  isForClone: z.boolean().optional(),
});

export const MachineSpec = z.object({
  namespace: z.string(),
  name: z.string(),
  /** SMBIOS UUID; the same for the VM's whole life. */
  uuid: z.uuid(),
  /** The launcher of a stale epoch never starts or resumes its guest. */
  epoch: z.int().positive(),
  power: z.enum(['on', 'off', 'paused']),
  request: MachineRequest.optional(),
  /** Id of a wish to keep the guest's memory and switch the machine off; the next start goes on from it. */
  suspend: z.string().optional(),
  /** Boot, and forget the memory that the start would go on from. */
  discardMemory: z.boolean().optional(),
  /** Ids of layers that nobody needs any more; they are folded away below the guest. */
  dropLayers: z.array(LayerId).optional(),
  /** Other machines' disks stand on layers of this one's: those to be dropped are marked, and none changes or goes. */
  sharedLayers: z.boolean().optional(),
  /** Seconds a guest may take to power down before QEMU is told to quit. */
  gracePeriod: z.int().nonnegative(),
  cpus: z.int().positive(),
  memory: bytes,
  /** What the running machine is to have room for. Without: what costs the guest nothing that could be measured. */
  maxCpus: z.int().positive().optional(),
  maxMemory: bytes.optional(),
  /** Of a machine that goes on with the state of another: what that one was built with. */
  room: MachineRoom.optional(),
  machineType: z.enum(['q35', 'pc', 'microvm']),
  acceleration: z.enum(['auto', 'kvm', 'tcg']),
  firmware: MachineFirmware.optional(),
  disks: z.array(MachineDisk),
  /** Those that are served now, of disks of this list and of others that the guest still has. */
  attachments: z.array(MachineAttachment).optional(),
  networks: z.array(MachineNetwork),
  /** Hostname of the NoCloud seed; no `cloudInit`, no seed. */
  cloudInit: z
    .object({
      instanceId: z.string(),
      hostname: z.string(),
      /** The disk was another guest's: this one is to make its machine-id anew. */
      newMachineId: z.boolean().optional(),
    })
    .optional(),
  /** The channel of the guest agent; absent, the guest has none. `readiness`: the pod is ready once the agent answers. */
  guestAgent: z.object({ readiness: z.boolean(), growFileSystems: z.boolean().optional() }).optional(),
  /**
   * The name in the certificate of the pod that is to take the guest in: it may read the layers of the disks. They stay as
   * they are meanwhile.
   */
  lendsTo: z.string().optional(),
  incoming: MachineIncoming.optional(),
  outgoing: MachineOutgoing.optional(),
  /** Begin without a further word once the target of this says that it listens. */
  expects: MachineExpected.optional(),
});

export type MachineNetwork = z.infer<typeof MachineNetwork>;
export type MachineRequest = z.infer<typeof MachineRequest>;
export type MachineSpec = z.infer<typeof MachineSpec>;
