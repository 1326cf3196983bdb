import * as z from 'zod';
import { MachineProblem } from './problem.ts';
import { bytes } from './units.ts';

/** Names a layer of each disk of a machine: letters, digits and dashes. */
export const LayerId = z.string().regex(/^[a-z0-9-]+$/);

/**
 * Files that one disk may consist of. QEMU takes longer over each that is added: with these, some tens of milliseconds to
 * go on in another, and some hundreds to tell of them all.
 */
export const MOST_LAYERS = 64;

/** What is to be done with the layers of a machine's disks while its guest is off. Each may be repeated. */
export const LayerWork = z.discriminatedUnion('type', [
  /** Keep what the disks hold now as the layers of this id. */
  z.object({ type: z.literal('freeze'), id: LayerId }),
  /** Let all disks hold again what the layers of this id hold. */
  z.object({
    type: z.literal('restore'),
    id: LayerId,
    /** Have the next start go on from the memory that was saved with them; it is refused where that has to be there. */
    memory: z.enum(['Required', 'IfSaved']).optional(),
    /** Keep what the disks held until now, and the memory that a start would have gone on from, under this id. */
    keepAs: LayerId.optional(),
    /** Ids of layers that nobody needs any more once it is done. */
    drop: z.array(LayerId).optional(),
  }),
  /** Nobody needs what the layers of these ids held any more. */
  z.object({ type: z.literal('drop'), ids: z.array(LayerId) }),
]);

export const LayersSpec = z.object({
  disks: z.array(z.object({ name: z.string(), directory: z.string() })),
  work: LayerWork,
  /** Other machines' disks stand on layers of these: what nobody needs any more is marked, and none changes or goes. */
  sharedLayers: z.boolean().optional(),
});

/** A layer as it was frozen. Sizes in bytes: what the guest sees, and what the layer takes in its volume. */
export const FrozenDisk = z.object({
  name: z.string(),
  file: z.string(),
  virtualSize: bytes,
  actualSize: bytes,
  /** Ids of the layers of the same volume that it stands on, the nearest first. */
  below: z.array(z.string()),
});

/** How it goes; the last one is the keeper's termination message. */
export const LayersState = z.object({
  phase: z.enum(['Working', 'Ready', 'Failed']),
  problem: MachineProblem.optional(),
  /** Of work `freeze`. */
  frozen: z.array(FrozenDisk).optional(),
});

/** Reason of a failure after which some disks may have gone back, and others not. */
export const RESTORE_UNFINISHED = 'RestoreUnfinished';

export type LayerWork = z.infer<typeof LayerWork>;
export type LayersSpec = z.infer<typeof LayersSpec>;
export type FrozenDisk = z.infer<typeof FrozenDisk>;
export type LayersState = z.infer<typeof LayersState>;
