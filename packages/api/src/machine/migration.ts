import * as z from 'zod';
import { MachineProblem } from './problem.ts';
import { bytes } from './units.ts';

/** Where QEMU takes a guest's memory in, and where the disks that come with it. Only of pods that await a guest. */
export const MIGRATION_PORT = 10710;
export const MIRROR_PORT = 10711;

const port = z.int().min(1).max(65535);

/** What both sides have to agree on. */
const Transfer = z.object({
  /** Names the migration, at both ends and for all time. */
  id: z.string(),
  memoryPort: port,
  diskPort: port,
  /** Disks whose content is sent along; the volumes of all others are in both pods. */
  mirrored: z.array(z.string()),
  /** Streams that memory is sent over. */
  streams: z.int().positive(),
});

/** The guest comes from another pod: QEMU starts without one, and runs it only at the source's word. */
export const MachineIncoming = Transfer.extend({
  acceleration: z.enum(['kvm', 'tcg']),
  /** The name in the certificate of the only one who may send. */
  source: z.string(),
  /** Where its launcher is told that this one listens. */
  sourceAddress: z.object({ host: z.string(), port }).optional(),
  /** Be ready to run the guest before its memory is here, where this node allows that. */
  postCopy: z.literal(true).optional(),
  /** The source is gone for good: run what has arrived, if that is everything. */
  takeOver: z.literal(true).optional(),
});

/** What the target has of a mirrored disk already: names of the files below the one that the guest writes. */
const LayeredDisk = z.object({ name: z.string(), below: z.array(z.string()) });

/** The guest goes to another pod, which awaits it. Withdrawn, it stays, unless it is there already. */
export const MachineOutgoing = Transfer.extend({
  host: z.string(),
  /** The name in the target's certificate. */
  target: z.string(),
  /** Those of the mirrored disks of which no more is sent than what the guest writes. */
  layered: z.array(LayeredDisk).optional(),
  /** Of the target's launcher. */
  launcherPort: port,
  /** The most that is sent; bytes a second. */
  bandwidth: z.int().positive(),
  /** Milliseconds that the guest may stand still at the cut-over. */
  downtime: z.int().positive(),
  /** Milliseconds that it may come to where nothing else helps. Without: as `downtime`. */
  longestDowntime: z.int().positive().optional(),
  /** Slow the guest down where it changes memory faster than that is sent. */
  autoConverge: z.boolean(),
  /** Have it run there before its memory has come, where that does not converge. The target has said that it can. */
  postCopy: z.literal(true).optional(),
  /** The target is gone for good and has never run the guest: it goes on here, though it was sent. */
  takeBack: z.literal(true).optional(),
});

/** The same to a pod that is not there yet: its own launcher calls when it is, and where it calls from is the host. */
export const MachineExpected = MachineOutgoing.omit({ host: true });

export const MachineMigration = z.object({
  id: z.string(),
  direction: z.enum(['in', 'out']),
  phase: z.enum([
    'Preparing',
    'Listening', // in: the source may send
    'CopyingDisks', // out
    'CopyingMemory',
    'CutOver', // everything is there; the guest stands still, and the source never runs it again unless it is taken back
    'PostCopy', // the guest runs at the target, and its memory follows; the source has to last until all is there
    'Done', // in: the guest is here, and was run; out: the target has said so
    'Failed', // out: the guest is here and goes on; in: it never came, and never will
  ]),
  /** 0-100 of the disks that are copied. */
  diskProgress: z.int().min(0).max(100).optional(),
  transferred: bytes.optional(),
  remaining: bytes.optional(),
  total: bytes.optional(),
  /** Bytes a second that the guest changes, and that are sent. */
  dirtyRate: bytes.optional(),
  throughput: bytes.optional(),
  /** Percent of its time that the guest is held up, so that it changes less. */
  throttle: z.int().min(0).max(100).optional(),
  /** in, where it was asked for: whether this node lets a guest run before its memory is here, and why not. */
  postCopy: z.object({ possible: z.boolean(), reason: z.string().optional() }).optional(),
  /** As the source's QEMU has measured it. */
  downtimeMilliseconds: z.number().nonnegative().optional(),
  problem: MachineProblem.optional(),
});

/** Answer to a question that costs a moment. */
export const MachineDirtyRate = z.object({
  /** Bytes a second that the guest changes. */
  dirtyRate: bytes,
});

export type MachineDirtyRate = z.infer<typeof MachineDirtyRate>;
export type MachineIncoming = z.infer<typeof MachineIncoming>;
export type MachineOutgoing = z.infer<typeof MachineOutgoing>;
export type MachineExpected = z.infer<typeof MachineExpected>;
export type MachineMigration = z.infer<typeof MachineMigration>;
