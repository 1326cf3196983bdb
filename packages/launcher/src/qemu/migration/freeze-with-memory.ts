import type { MachineFreeze, SavedMemory } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import { ProblemError } from '../../problem.ts';
import { eventTime } from '../event-time.ts';
import { freezeRunning, type Instant, type RunningFreeze } from '../disks/freeze-running.ts';
import { qemuVersion } from '../version.ts';
import { goOn, standStill } from './go-on.ts';
import {
  commitMemory,
  forgetPassingMemory,
  memoryDisk,
  noVolume,
  type MemoryFiles,
  passingMemory,
  savedMemory,
  snapshotMemory,
} from './memory-files.ts';
import { isBegun, saveMemory } from './save-memory.ts';

export interface MemoryFreeze extends Omit<RunningFreeze, 'quiesce'> {
  readonly machine: Pick<SavedMemory, 'shape' | 'acceleration' | 'room'>;
  /** The memory is a clone's, which takes it away. */
  readonly isForClone: boolean;
  /** Whether the guest is to run afterwards. */
  readonly isToRun: () => boolean;
}

type FrozenMemory = NonNullable<MachineFreeze['memory']>;
export type FrozenWithMemory = Instant & { readonly memory: FrozenMemory };

/**
 * Freezes all disks of a guest, and saves its memory, as they are at one instant. Where memory cannot be saved, the disks
 * are frozen all the same: so files and QEMU agree on what stands on what. Repeated after a crash it does what is left.
 */
export async function freezeWithMemory(client: QmpClient, freeze: MemoryFreeze): Promise<FrozenWithMemory> {
  const disk = memoryDisk(freeze.disks);
  if (!disk) return { ...(await freezeAlone(client, freeze)), memory: { problem: noVolume } };
  const files = (freeze.isForClone ? passingMemory : snapshotMemory)(disk.directory, freeze.id);
  // Clones of a VM are made one after the other.
  if (freeze.isForClone) await forgetPassingMemory(disk.directory, files);
  const saved = await savedMemory(files);
  if (saved) return { ...(await freezeAlone(client, freeze)), memory: { saved } };
  const pause = new Pause(client);
  try {
    const { problem, ...instant } = await freezeBoth(client, freeze, files);
    const pauseMilliseconds = pause.milliseconds ?? instant.pauseMilliseconds;
    const told = { ...instant, ...(pauseMilliseconds !== undefined && { pauseMilliseconds }) };
    if (problem) return { ...told, memory: { problem } };
    const machine = { ...freeze.machine, qemuVersion: qemuVersion(client), disk: disk.name };
    return { ...told, memory: { saved: await commitMemory(files, machine) } };
  } finally {
    pause.end();
  }
}

const freezeAlone = (client: QmpClient, freeze: MemoryFreeze): Promise<Instant> =>
  freezeRunning(client, { ...freeze, quiesce: (instant) => instant() });

async function freezeBoth(
  client: QmpClient,
  freeze: MemoryFreeze,
  files: MemoryFiles,
): Promise<Instant & Pick<FrozenMemory, 'problem'>> {
  let problem: FrozenMemory['problem'];
  const save = async (instant: () => Promise<void>): Promise<void> => {
    problem = await saved(client, freeze, files, instant);
  };
  const instant = await freezeRunning(client, { ...freeze, quiesce: save });
  if (instant.time !== undefined) return { ...instant, problem };
  // Somebody died after the disks had gone on: memory that was not under way by then would be of a later instant.
  if (!(await isBegun(client, files))) return { ...instant, problem: interrupted };
  await save(() => Promise.resolve());
  return { ...instant, problem };
}

const interrupted = {
  reason: 'MemoryNotSaved',
  message:
    'The launcher was restarted when the disks were frozen and the memory was not saved: take another snapshot.',
};

/** Resolves with why the memory is not saved. */
async function saved(
  client: QmpClient,
  { machine, signal, isToRun }: MemoryFreeze,
  files: MemoryFiles,
  instant: () => Promise<void>,
): Promise<FrozenMemory['problem']> {
  let isDone = false;
  const once = async (): Promise<void> => {
    if (!isDone) await instant();
    isDone = true;
  };
  try {
    await saveMemory(client, { files, machine, instant: once, signal });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    await once();
    return error.problem;
  }
  await (isToRun() ? goOn(client, signal) : standStill(client, signal));
  return undefined;
}

/** How long the guest stood still, by QEMU's own clock. */
class Pause {
  readonly end: () => void;
  #stopped: number | undefined;
  milliseconds: number | undefined;

  constructor(client: QmpClient) {
    this.end = client.onEvent((event) => {
      if (event.event === 'STOP') this.#stopped = eventTime(event);
      if (event.event === 'RESUME' && this.#stopped !== undefined)
        this.milliseconds = Math.ceil(eventTime(event) - this.#stopped);
    });
  }
}
