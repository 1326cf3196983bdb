import type {
  MachineDisk,
  MachineExit,
  MachineFirmware,
  MachineFreeze,
  MachineIncoming,
  MachineNetwork,
  MachineOutgoing,
  MachineProblem,
  MachineRequest,
  MachineRoom,
  MachineSpec,
} from '@hypersdk/api/machine';
import type { CalledSource } from '../../migration/call-source.ts';
import type { AttachedDisk } from '../../qemu/devices/disk.ts';
import type { DescribedMemory } from '../../qemu/migration/memory-files.ts';
import type { Acceleration } from '../record.ts';

/** One step towards the spec. Each may be repeated after a crash without harm. */
export type Action =
  | { readonly type: 'make-disk'; readonly disk: MachineDisk }
  | { readonly type: 'grow-disk'; readonly disk: MachineDisk }
  /** Enlarge a disk under its running guest, which hears of it at once. */
  | { readonly type: 'block-resize'; readonly disk: MachineDisk }
  /** Have the guest agent enlarge the file systems on a disk that has grown to so many bytes. */
  | { readonly type: 'grow-file-systems'; readonly name: string; readonly size: number }
  /** Give the running machine a disk, which is made where it is missing. */
  | {
      readonly type: 'plug-disk';
      readonly disk: MachineDisk;
      readonly machineType: MachineSpec['machineType'];
    }
  | { readonly type: 'unplug-disk'; readonly name: string }
  /** Have a drive hold this medium and no other; undefined is none. */
  | { readonly type: 'change-medium'; readonly name: string; readonly medium: MachineDisk | undefined }
  | { readonly type: 'plug-network'; readonly network: MachineNetwork; readonly hostname: string }
  | { readonly type: 'unplug-network'; readonly name: string }
  | { readonly type: 'resize-processors'; readonly cpus: number }
  /** Bytes of the memory device. */
  | { readonly type: 'resize-memory'; readonly requested: number }
  /** Give an interface that the guest of a clone knows by another machine's MAC address its own. */
  | {
      readonly type: 'renew-network';
      readonly network: MachineNetwork;
      /** Its place among the machine's networks. */
      readonly index: number;
      readonly formerMac: string;
      readonly machineType: MachineSpec['machineType'];
    }
  /** Have the guest agent of a clone make the guest another than its source's. */
  | { readonly type: 'renew-guest'; readonly hostname: string; readonly uuid: string }
  | { readonly type: 'make-seed'; readonly cloudInit: NonNullable<MachineSpec['cloudInit']> }
  | { readonly type: 'make-firmware-state'; readonly firmware: MachineFirmware }
  | { readonly type: 'resolve-acceleration'; readonly wanted: MachineSpec['acceleration'] }
  | {
      readonly type: 'launch';
      readonly acceleration: Acceleration;
      readonly disks: readonly AttachedDisk[];
      /** Directory of the memory that the guest goes on from; it boots where absent. */
      readonly resumeFrom?: string;
      /** Of the machine that the guest goes on from. */
      readonly room?: MachineRoom;
      /** The memory is of a snapshot, or of another machine. */
      readonly isCopy?: boolean;
      /** Where the guest goes on from another one's memory, which is mapped. */
      readonly clone?: NonNullable<DescribedMemory['clone']>;
    }
  /** Have the wrapper exit instead of starting QEMU. */
  | { readonly type: 'decline' }
  | { readonly type: 'begin-powerdown' }
  | { readonly type: 'cancel-powerdown' }
  /** Press the guest's power button; a guest that stands still is let go on first, or it would never notice. */
  | { readonly type: 'system-powerdown'; readonly resume: boolean }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** Let a guest that stopped because a disk was full try again. */
  | { readonly type: 'go-on'; readonly lastGoOn: GoOn }
  | { readonly type: 'request'; readonly request: MachineRequest; readonly resume: boolean }
  /** Have all disks of the guest go on in overlays, so that what lies below stays as it is. */
  | {
      readonly type: 'freeze-disks';
      readonly id: string;
      readonly disks: readonly MachineDisk[];
      readonly isQuiesced: boolean;
      /** Also keep the guest's memory of that instant. */
      readonly savesMemory: boolean;
      readonly isForClone: boolean;
    }
  /** Keep the guest's memory for the next start, and leave the guest as it is then. */
  | { readonly type: 'suspend-guest'; readonly id: string; readonly disks: readonly MachineDisk[] }
  /** Have the guest run on whose memory is being saved for that, if it is not saved already. */
  | { readonly type: 'cancel-suspension' }
  /** Have the guest go on from the memory that it was suspended with. */
  | { readonly type: 'load-memory'; readonly directory: string }
  /** Take away what a clone was to have, and nobody waits for any more. */
  | { readonly type: 'forget-passing-memory'; readonly disks: readonly MachineDisk[] }
  /** Have a guest go on that stands still for a migration which nobody follows. */
  | { readonly type: 'abandon-migration' }
  /** Bring into a disk of the running guest all that it stands on. */
  | { readonly type: 'flatten-disk'; readonly disk: MachineDisk }
  | { readonly type: 'cancel-flatten'; readonly name: string }
  /** Fold away layers below the guest. */
  | {
      readonly type: 'drop-layers';
      readonly ids: readonly string[];
      /** None of them changes or goes. */
      readonly isShared: boolean;
      readonly disks: readonly MachineDisk[];
    }
  | { readonly type: 'migrate'; readonly step: MigrationStep }
  /** Send the guest, up to where it stands still. */
  | { readonly type: 'send-guest'; readonly outgoing: MachineOutgoing }
  /** Bring its disks to an end at the target, and send its last state there. */
  | { readonly type: 'switch-over'; readonly outgoing: MachineOutgoing }
  /** Tell the target that the guest is its own. */
  | { readonly type: 'hand-over'; readonly outgoing: MachineOutgoing }
  /** Have the guest go before its memory. */
  | { readonly type: 'start-post-copy'; readonly outgoing: MachineOutgoing }
  /** Tell the source that this QEMU listens, and hear from it when the guest is ours. */
  | { readonly type: 'call-source'; readonly incoming: CalledSource }
  /** Send what is left of its memory over another connection. */
  | { readonly type: 'recover'; readonly outgoing: MachineOutgoing }
  /** Leave nothing behind of a migration that came to nothing. */
  | { readonly type: 'end-migration'; readonly problem: MachineProblem }
  | { readonly type: 'record-freeze'; readonly freeze: MachineFreeze }
  | { readonly type: 'record-reboots'; readonly count: number; readonly lastTime: string }
  | { readonly type: 'quit'; readonly reason: MachineExit['reason']; readonly message?: string }
  | { readonly type: 'record-enlarged'; readonly name: string; readonly size: number }
  | { readonly type: 'record-exit'; readonly reason: MachineExit['reason']; readonly message?: string };

/** What is done at once of a migration; the rest are jobs. */
export type MigrationStep =
  | { readonly type: 'begin'; readonly outgoing: MachineOutgoing }
  | { readonly type: 'cancel' }
  | { readonly type: 'allow-downtime'; readonly milliseconds: number }
  | { readonly type: 'record-handed-over'; readonly downtime: number | undefined }
  /** Let a guest go on that its target never ran. */
  | { readonly type: 'take-back'; readonly problem: MachineProblem }
  /** Let the source send. */
  | { readonly type: 'listen'; readonly incoming: MachineIncoming }
  /** Run the guest that has come. */
  | { readonly type: 'arrive'; readonly id: string }
  /** Run the guest whose memory is on its way. */
  | { readonly type: 'run-ahead'; readonly id: string }
  /** All of its memory has come, too. */
  | { readonly type: 'record-arrived' };

const JOBS = [
  'make-disk',
  'grow-disk',
  'block-resize',
  'grow-file-systems',
  'plug-disk',
  'unplug-disk',
  'change-medium',
  'plug-network',
  'unplug-network',
  'resize-processors',
  'resize-memory',
  'renew-network',
  'renew-guest',
  'make-seed',
  'make-firmware-state',
  'resolve-acceleration',
  'freeze-disks',
  'flatten-disk',
  'drop-layers',
  'suspend-guest',
  'load-memory',
  'forget-passing-memory',
  'abandon-migration',
  'send-guest',
  'switch-over',
  'hand-over',
  'call-source',
  'start-post-copy',
  'recover',
  'end-migration',
] as const;

/** Actions that run beside the loop; the key says what may not be worked on twice at once. */
export type Job = Extract<Action, { type: (typeof JOBS)[number] }>;

export function isJob(action: Action): action is Job {
  const jobs: readonly string[] = JOBS;
  return jobs.includes(action.type);
}

export function jobKey(job: Job): string {
  if ('disk' in job) return diskJob(job.disk.name);
  if ('network' in job) return networkJob(job.network.name);
  if (job.type === 'grow-file-systems') return fileSystemsJob(job.name);
  if (job.type === 'unplug-network') return networkJob(job.name);
  if (job.type === 'drop-layers') return LAYERS_JOB;
  if (isMigration(job) || isMove(job)) return MIGRATION_JOB;
  const isOfDisk = job.type === 'unplug-disk' || job.type === 'change-medium';
  return isOfDisk ? diskJob(job.name) : job.type;
}
export const LAYERS_JOB = 'layers';
/** QEMU migrates once at a time; and it freezes disks for one that asks. */
export const MIGRATION_JOB = 'migration';
const MIGRATIONS = [
  'freeze-disks',
  'suspend-guest',
  'load-memory',
  'forget-passing-memory',
  'abandon-migration',
] as const;
export type MigrationJob = Extract<Job, { type: (typeof MIGRATIONS)[number] }>;
export function isMigration(job: Job): job is MigrationJob {
  const migrations: readonly string[] = MIGRATIONS;
  return migrations.includes(job.type);
}
const networkJob = (network: string): string => `network:${network}`;
export const diskJob = (disk: string): string => `disk:${disk}`;
/** What the guest takes its time for holds nothing up that is done to its disk. */
export const fileSystemsJob = (disk: string): string => `file-systems:${disk}`;

/** Of a guest that goes to another pod. */
export type MoveJob = Extract<Job, { outgoing: MachineOutgoing } | { type: 'end-migration' }>;
export const isMove = (job: Job): job is MoveJob => 'outgoing' in job || job.type === 'end-migration';

/** When a guest was last let go on after its disk had been full. */
export interface GoOn {
  readonly time: Date;
  /** Seconds until it may be again. */
  readonly wait: number;
}

/** Of a clone that goes on from another machine's memory. */
export type RenewJob = Extract<Job, { type: 'renew-network' | 'renew-guest' }>;
export const isRenewal = (job: Job): job is RenewJob =>
  job.type === 'renew-network' || job.type === 'renew-guest';
