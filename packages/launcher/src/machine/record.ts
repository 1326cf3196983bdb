import {
  MachineExit,
  MachineNetwork,
  MachineOutgoing,
  MachineProblem,
  MachineRoom,
  MachineSpec,
  MachineState,
} from '@hypersdk/api/machine';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { hasCode } from '../files/errno.ts';
import { Renewal } from '../qemu/migration/memory-files.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';

export const Acceleration = z.object({ type: z.enum(['kvm', 'tcg']), reason: z.string() });
export type Acceleration = z.infer<typeof Acceleration>;

/** The last migration, and how far it is in what QEMU cannot say. */
export const MigrationRecord = z.object({
  id: z.string(),
  state: z.enum([
    'preparing', // out: disks may be being copied
    'sending', // out: QEMU knows how far it is
    'handed-over', // out: the guest is the target's
    'failed', // out: the guest is here
    'arriving', // in: the guest is ours, and may not run yet
    'ahead', // in: the guest is ours and may run; its memory is on its way
    'arrived', // in
  ]),
  outgoing: MachineOutgoing.optional(),
  downtimeMilliseconds: z.number().optional(),
  problem: MachineProblem.optional(),
});
export type MigrationRecord = z.infer<typeof MigrationRecord>;

/**
 * What a restarted launcher has to know and cannot ask QEMU for. Everything else is derived anew from the
 * disks and from QEMU.
 */
export const MachineRecord = z.object({
  /** What QEMU was, or is about to be, started with. */
  launch: z
    .object({
      spec: MachineSpec,
      acceleration: Acceleration,
      /** Absent where an earlier launcher left none. */
      room: MachineRoom.optional(),
      /** Directory of the memory that the guest was to go on from. */
      resumeFrom: z.string().optional(),
      /** Of a clone whose guest takes itself for its source's. */
      renewal: Renewal.optional(),
    })
    .optional(),
  /** It has done so: what is saved from now on is of this guest. */
  resumed: z.boolean().optional(),
  /** Names of networks whose interface has its own MAC address since. */
  renewedNetworks: z.array(z.string()).optional(),
  /** The guest itself has become another. */
  renewedGuest: z.boolean().optional(),
  /** When the guest was first asked to power down. The grace period runs from here. */
  powerdownSince: z.iso.datetime().optional(),
  /** When we were last asked to pause the guest. A guest that stopped for any other reason is not ours to resume. */
  pausedSince: z.iso.datetime().optional(),
  /** Names of disks that came to the machine since it was started; they may be gone again. */
  plugged: z.array(z.string()).optional(),
  /** Disks that have grown, or are about to, under a guest whose agent has not enlarged the file systems on them: bytes by name. */
  fileSystemsDue: z.record(z.string(), z.number()).optional(),
  /** Networks that came to the machine since it was started, as they came. */
  pluggedNetworks: z.array(MachineNetwork).optional(),
  /** The last one-shot request that was carried out. */
  lastRequest: z.string().optional(),
  lastFreeze: MachineState.shape.lastFreeze,
  reboots: MachineState.shape.reboots,
  migration: MigrationRecord.optional(),
  /** Written before QEMU is told to quit, so that the reason outlives both. */
  exit: MachineExit.optional(),
});
export type MachineRecord = z.infer<typeof MachineRecord>;

/** What the guest has, or had, under each name: the newest of a name that came again. */
export function runningNetworks({ launch, pluggedNetworks = [] }: MachineRecord): MachineNetwork[] {
  const started = launch?.spec.networks ?? [];
  return [...new Map([...started, ...pluggedNetworks].map((network) => [network.name, network])).values()];
}

export async function loadRecord(path: string): Promise<MachineRecord> {
  try {
    return MachineRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {};
    throw new Error(`reading ${path}`, { cause: error });
  }
}

export async function saveRecord(path: string, record: MachineRecord): Promise<void> {
  await writeFileAtomically(path, JSON.stringify(record));
}
