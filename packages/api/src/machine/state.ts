import * as z from 'zod';
import { Quiesced } from '../quiesced.ts';
import { MachineGuestAgent } from './guest-agent.ts';
import { FrozenDisk } from './layers.ts';
import { SavedMemory } from './memory.ts';
import { MachineMigration } from './migration.ts';
import { MachineProblem } from './problem.ts';
import { MachineResizing, MachineRoom } from './room.ts';
import { bytes, time } from './units.ts';

export const MachinePhase = z.enum([
  'Preparing', // disks are being made
  'Starting', // argv is written, QEMU does not answer yet
  'Running',
  'Paused',
  'PoweringDown',
  'Stopped', // QEMU has exited; `exit` says why
  'Failed', // cannot go on; `problem` says why
]);

/** Why QEMU exited. `guest-*` were the guest's own wish, `host-*` ours. */
export const MachineExit = z.object({
  reason: z.enum([
    'guest-shutdown',
    'guest-reset',
    'guest-panic',
    'host-powerdown',
    'host-forced',
    'host-suspended', // the next start goes on from its memory
    'qemu-error',
    'migrated', // the guest runs in another pod
  ]),
  time,
  message: z.string().optional(),
});

export const MachineDiskState = z.object({
  name: z.string(),
  format: z.enum(['qcow2', 'raw']),
  /** Bytes that the guest sees, and bytes that the file takes. */
  virtualSize: bytes,
  actualSize: bytes,
  /** Files from the active layer down to the base. */
  chain: z.array(z.string()),
  /** 0-100 while the disk is being made. */
  progress: z.int().min(0).max(100).optional(),
  /** 0-100 while a running guest's disk is being flattened. */
  flattening: z.int().min(0).max(100).optional(),
  /**
   * It has grown under its guest, whose agent is to enlarge the file systems on it as soon as it answers. `problem` says why
   * it could not.
   */
  fileSystemsDue: z.object({ problem: z.string().optional() }).optional(),
});

/** The launcher's certificate that is in use, so that the operator renews it in time. */
export const MachineIdentity = z.object({
  /** Distinguished name of the authority that signed it, as Node.js writes it. */
  issuer: z.string(),
  /** `documentDigest` of `ca.crt`: the authorities that it accepts the operator's certificate from. */
  authorities: z.string(),
  notAfter: time,
});

/** What the running guest has now: processors that are plugged, memory that it has taken. */
export const MachineResources = z.object({
  cpus: z.int().positive(),
  memory: bytes,
  /** Bytes that QEMU, its TPM emulator and the launcher take beside the guest's memory; absent where nobody could tell. */
  overhead: bytes.optional(),
});

/** How the disks of a running guest were frozen for a request. */
export const MachineFreeze = z.object({
  id: z.string(),
  quiesced: Quiesced,
  /** The instant that the layers hold, and how long QEMU stood still for it; absent where a launcher died over it. */
  time: time.optional(),
  pauseMilliseconds: z.number().nonnegative().optional(),
  frozen: z.array(FrozenDisk).optional(),
  /** Of a request that asked for memory: what was saved, or why it was not. The disks are frozen in any case. */
  memory: z.object({ saved: SavedMemory.optional(), problem: MachineProblem.optional() }).optional(),
});

export const MachineState = z.object({
  epoch: z.int().positive(),
  phase: MachinePhase,
  /** Digest of the spec that this state answers, so that the operator sees when a PUT has arrived. */
  specDigest: z.string(),
  acceleration: z.object({ type: z.enum(['kvm', 'tcg']), reason: z.string() }).optional(),
  qemuVersion: z.string().optional(),
  startTime: time.optional(),
  disks: z.array(MachineDiskState),
  /**
   * Names of disks of the spec whose volume the pod does not have and that the running guest can have all the same, once
   * they are served.
   */
  attachable: z.array(z.string()).optional(),
  /** Names of the networks that the running guest has; absent while it does not run. */
  networks: z.array(z.string()).optional(),
  exit: MachineExit.optional(),
  problem: MachineProblem.optional(),
  /** Id of the last request that was carried out. */
  lastRequest: z.string().optional(),
  /** The last request that froze disks. */
  lastFreeze: MachineFreeze.optional(),
  /** Why the one that the spec asks for does not come about. It is tried again for as long as it is asked for. */
  freezeProblem: z.object({ id: z.string(), permanent: z.boolean(), problem: MachineProblem }).optional(),
  /** Those of the spec's that were dropped. */
  droppedLayers: z.array(z.string()).optional(),
  /** Resets by the guest itself since QEMU started, and when the last one was. */
  reboots: z.object({ count: z.int().positive(), lastTime: time }).optional(),
  /** Absent while it is not known: nobody has asked yet, or the machine has no channel for an agent. */
  guestAgent: MachineGuestAgent.optional(),
  /** Fields of the spec that the running QEMU does not have yet and that need a restart. */
  restartAwaiting: z.array(z.object({ field: z.string(), now: z.string(), wanted: z.string() })),
  identity: MachineIdentity.optional(),
  /** Of the spec's `incoming` or `outgoing`, and of one that was withdrawn until it is undone. */
  migration: MachineMigration.optional(),
  /** Of a clone with memory: what its guest still has of its source's. */
  inherited: z
    .object({
      /** Networks on which it knows itself by a MAC address of its source's. */
      networks: z.array(z.string()),
      /** Hostname, machine-id and SSH host keys. */
      guest: z.boolean(),
    })
    .optional(),
  resources: MachineResources.optional(),
  /** Of the running machine. */
  room: MachineRoom.optional(),
  /** What the running machine is on its way to. */
  resizing: z.array(MachineResizing).optional(),
});

/** What the launcher leaves as its container's termination message, for an operator that could not ask it any more. */
export const MachineTermination = MachineState.pick({
  epoch: true,
  phase: true,
  startTime: true,
  exit: true,
  problem: true,
  migration: true,
});

export type MachinePhase = z.infer<typeof MachinePhase>;
export type MachineExit = z.infer<typeof MachineExit>;
export type MachineDiskState = z.infer<typeof MachineDiskState>;
export type MachineFreeze = z.infer<typeof MachineFreeze>;
export type MachineIdentity = z.infer<typeof MachineIdentity>;
export type MachineState = z.infer<typeof MachineState>;
export type MachineTermination = z.infer<typeof MachineTermination>;
