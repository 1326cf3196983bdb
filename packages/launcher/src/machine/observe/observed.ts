import type {
  MachineDisk,
  MachineDiskState,
  MachineFreeze,
  MachineGuestAgent,
  MachineIdentity,
  MachineProblem,
  MachineSpec,
} from '@hypersdk/api/machine';
import type { ReadyDisk } from '../../qemu/disks/disk.ts';
import type { DescribedMemory } from '../../qemu/migration/memory-files.ts';
import type { MigrationFigures } from '../../qemu/migration/figures.ts';
import type { PostCopyAbility } from '../../qemu/migration/post-copy-ability.ts';
import type { FailedDisk } from '../../qemu/query.ts';
import type { Caller } from '../../migration/target-line.ts';
import type { Answer } from '../../migration/go-ahead.ts';
import type { PluggedMemory } from '../../qemu/size/resize-memory.ts';
import type { Job, GoOn } from '../plan/action.ts';
import type { Acceleration, MachineRecord } from '../record.ts';

/** Everything that `plan` may look at, at one instant. */
export interface Observed {
  readonly spec: MachineSpec;
  readonly specDigest: string;
  readonly record: MachineRecord;
  /** The preStop hook's wish, or the spec's. */
  readonly powerdownRequested: boolean;
  readonly qemu: ObservedQemu;
  /** The disks of the spec, in its order. Only looked at before QEMU starts. */
  readonly disks: readonly ObservedDisk[];
  /** Disks of the spec whose volume this pod does not have. */
  readonly unmounted: readonly string[];
  readonly seedPresent: boolean;
  /** Whether all that the spec's firmware keeps is there; true where it keeps nothing. */
  readonly firmwareReady: boolean;
  /** Whether the pod's network is tied to the guest's; true where QEMU needs nobody for that. */
  readonly networkReady: boolean;
  readonly acceleration: Acceleration | undefined;
  /** What the volume of the disk that is full has free, in bytes; undefined where no disk is, or it cannot be known. */
  readonly freeBytes: number | undefined;
  readonly lastGoOn: GoOn | undefined;
  /** When the guest was last asked to power down by this launcher. */
  readonly lastNudge: Date | undefined;
  readonly jobs: ReadonlyMap<string, JobState>;
  /** What the guest agent said last. */
  readonly guestAgent: MachineGuestAgent | undefined;
  /** Reboots of the guest that are not on record yet. */
  readonly newReboots: NewReboots | undefined;
  /** The disks that this launcher froze last, and for which request. */
  readonly frozen: MachineFreeze | undefined;
  /** Ids of layers that this launcher has dropped. Another one does it again, and finds that nothing is left to do. */
  readonly dropped: readonly string[];
  /** Sizes of disks whose file systems the guest has enlarged to; perhaps not on record yet. */
  readonly enlarged?: ReadonlyMap<string, number>;
  /** Memory in a volume that a start goes on from; under a guest that runs, its own, and it must not run on. */
  readonly savedMemory: FoundMemory | undefined;
  /** Whether there may be memory that a clone was to take away. */
  readonly mayHavePassingMemory?: boolean;
  /** The migration whose source has said that the guest is ours. */
  readonly goAhead: string | undefined;
  /** The target that says that it listens, while it is on the line. */
  readonly caller?: Caller | undefined;
  /** Of a machine that awaits a guest: whether its memory may follow it. A launcher that was restarted does not know. */
  readonly postCopy?: PostCopyAbility | undefined;
  /** What the target of a migration has answered to our last word. */
  readonly handOver: { readonly id: string; readonly answer: Answer } | undefined;
  /** None before the launcher listens. */
  readonly identity: MachineIdentity | undefined;
}

export interface FoundMemory {
  readonly directory: string;
  readonly saved: DescribedMemory;
}

export interface NewReboots {
  readonly count: number;
  readonly lastTime: string;
}

export type ObservedQemu =
  /** The argument vector is not written yet. */
  | { readonly state: 'unlaunched' }
  /** It is; QEMU does not answer yet. */
  | { readonly state: 'starting' }
  | RunningQemu
  /** It answered before and the connection is lost; `last` is what it said. */
  | { readonly state: 'reconnecting'; readonly last: RunningQemu }
  | GoneQemu;

/** It has ended, or was told not to start. */
export interface GoneQemu {
  readonly state: 'gone';
  readonly declined: boolean;
  /** What the last SHUTDOWN event said, and all else that QEMU last said; absent to a restarted launcher. */
  readonly shutdown?: ShutdownCause | undefined;
  readonly last?: RunningQemu | undefined;
}

export interface RunningQemu {
  readonly state: 'running';
  /** QEMU's RunState. */
  readonly status: string;
  readonly version: string;
  /** QEMU's name of the machine type, with its version. */
  readonly machine: string;
  readonly startTime: Date | undefined;
  /** Bytes of the whole VM beside its guest's memory. */
  readonly overhead?: number | undefined;
  /** Processors that are plugged, and what is in the memory device where there is one. */
  readonly cpus: number;
  readonly pluggedMemory?: PluggedMemory | undefined;
  readonly disks: readonly MachineDiskState[];
  readonly networks: readonly string[];
  /** Disks that QEMU has opened and the guest does not have. */
  readonly detached: readonly MachineDiskState[];
  /** Only asked for where there is a migration. */
  readonly migration?: MigrationFigures | undefined;
  /** When it was last seen to have come further. */
  readonly sentUntil?: Date | undefined;
  /** The disk whose error stopped the guest. */
  readonly failedDisk?: FailedDisk | undefined;
  /** Set when QEMU did not answer in time; the rest is then what it last said. */
  readonly silent: boolean;
}

/** QEMU's ShutdownCause, such as `guest-shutdown` or `host-signal`. */
export type ShutdownCause = string;

export interface ObservedDisk {
  readonly disk: MachineDisk;
  readonly found: { readonly state: 'missing' } | ReadyDisk | BrokenDisk;
}
export interface BrokenDisk extends Failure {
  readonly state: 'broken';
}

/** What did not work. A permanent failure needs somebody to act, here or elsewhere; it is looked at again, too. */
export interface Failure {
  readonly problem: MachineProblem;
  readonly permanent: boolean;
  readonly retryAt: Date;
}

/**
 * Work that takes a while, by what it works on. A job that ended well is no longer in the map. `action` is what
 * it does: the failure of an action that is no longer wanted says nothing.
 */
export type JobState =
  | {
      readonly state: 'running';
      readonly type: Job['type'];
      readonly action: string;
      readonly progress?: number | undefined;
    }
  | ({ readonly state: 'failed'; readonly action: string } & Failure);
