import type { MachineDisk, MachineDiskState, MachineProblem, MachineSpec } from '@hypersdk/api/machine';
import type { ReadyDisk } from '../qemu/disk.ts';
import type { Acceleration, MachineRecord } from './record.ts';

/** Everything that `plan` may look at, at one instant. */
export interface Observed {
  readonly spec: MachineSpec;
  readonly record: MachineRecord;
  /** The preStop hook's wish, or the spec's. */
  readonly powerdownRequested: boolean;
  readonly qemu: ObservedQemu;
  /** One for each disk of the spec, in its order. Only looked at before QEMU starts. */
  readonly disks: readonly ObservedDisk[];
  readonly seedPresent: boolean;
  readonly acceleration: Acceleration | undefined;
  /** When the guest was last asked to power down by this launcher. */
  readonly lastNudge: Date | undefined;
  readonly jobs: ReadonlyMap<string, JobState>;
}

export type ObservedQemu =
  /** The argument vector is not written yet. */
  | { readonly state: 'unlaunched' }
  /** It is; QEMU does not answer yet. */
  | { readonly state: 'starting' }
  | RunningQemu
  /** It answered before and the connection is lost; `last` is what it said. */
  | { readonly state: 'reconnecting'; readonly last: RunningQemu }
  /** It has ended, or was told not to start; `shutdown` is the last SHUTDOWN event that we heard. */
  | { readonly state: 'gone'; readonly declined: boolean; readonly shutdown?: ShutdownCause | undefined };

export interface RunningQemu {
  readonly state: 'running';
  /** QEMU's RunState. */
  readonly status: string;
  readonly version: string;
  readonly startTime: Date | undefined;
  readonly disks: readonly MachineDiskState[];
  /** Set when QEMU did not answer in time; the rest is then what it last said. */
  readonly silent: boolean;
}

/** QEMU's ShutdownCause, such as `guest-shutdown` or `host-signal`. */
export type ShutdownCause = string;

export interface ObservedDisk {
  readonly disk: MachineDisk;
  readonly found: { readonly state: 'missing' } | ReadyDisk | BrokenDisk;
}
export interface BrokenDisk {
  readonly state: 'broken';
  readonly problem: MachineProblem;
  /** Absent: only a new spec or a restart is worth another look. */
  readonly retryAt?: Date | undefined;
}

/** Work that takes a while, by what it works on. A job that ended well is no longer in the map. */
export type JobState =
  | { readonly state: 'running'; readonly progress?: number | undefined }
  | { readonly state: 'failed'; readonly problem: MachineProblem; readonly retryAt?: Date | undefined };
