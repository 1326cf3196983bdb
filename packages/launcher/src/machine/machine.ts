import type { MachineFreeze, MachineIdentity, MachineSpec } from '@hypersdk/api/machine';
import type { Log } from '../log.ts';
import type { Paths } from '../pod/paths.ts';
import type { GuestWatch } from '../guest-agent/guest-watch.ts';
import type { QemuLink } from '../qemu/process/link.ts';
import type { PostCopyAbility } from '../qemu/migration/post-copy-ability.ts';
import type { TargetLine } from '../migration/target-line.ts';
import type { Relays } from '../qemu/nbd/relays.ts';
import type { RuntimeFiles } from '../pod/runtime-files.ts';
import type { Answer } from '../migration/go-ahead.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { NewReboots, ObservedDisk, RunningQemu } from './observe/observed.ts';
import { type Acceleration, type MachineRecord, saveRecord } from './record.ts';
import type { GoOn } from './plan/action.ts';

/**
 * The launcher's memory of its machine. `spec` and `record` are on disk as well; the rest is only to save
 * asking twice and may be lost at any time.
 */
export interface Machine {
  readonly paths: Paths;
  readonly files: RuntimeFiles;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly link: QemuLink;
  readonly guest: GuestWatch;
  readonly relays: Relays;
  readonly targetLine: TargetLine;
  spec: MachineSpec;
  /** Of the text that the spec came in. */
  specDigest: string;
  record: MachineRecord;
  identity?: MachineIdentity;
  readonly disks: Map<string, ObservedDisk['found']>;
  /** Block volumes that this launcher has copied an image onto. */
  readonly onDevice: Set<string>;
  acceleration?: { readonly wanted: MachineSpec['acceleration']; readonly resolved: Acceleration };
  /** Done, and perhaps not on record yet. */
  frozen?: MachineFreeze;
  dropped?: readonly string[];
  readonly enlarged: Map<string, number>;
  /** No memory that a clone takes away; another launcher looks once. */
  hasNoPassingMemory?: boolean;
  /** Said by the source of a migration, and answered by the target of one. */
  goAhead?: string;
  handOver?: { readonly id: string; readonly answer: Answer };
  /** Of a machine that awaits a guest: whether its memory may follow it. */
  postCopy?: PostCopyAbility | undefined;
  lastNudge?: Date;
  lastGoOn?: GoOn;
  lastAnswer?: RunningQemu;
  newReboots?: NewReboots | undefined;
  /** As measured last, and when. */
  overhead?: { readonly bytes: number | undefined; readonly time: Date };
}

/** On disk first: what we act on must survive us. */
export async function updateRecord(machine: Machine, record: MachineRecord): Promise<void> {
  await saveRecord(machine.files.record, record);
  machine.record = record;
}
