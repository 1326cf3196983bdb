import type { MachineDisk } from '@hypersdk/api/machine';
import { ProblemError } from '../../problem.ts';
import {
  commitMemory,
  memoryDisk,
  memoryFiles,
  noVolume,
  RESUME,
  savedMemory,
} from '../../qemu/migration/memory-files.ts';
import { loadMemory } from '../../qemu/migration/load-memory.ts';
import { saveMemory } from '../../qemu/migration/save-memory.ts';
import { qemuVersion } from '../../qemu/version.ts';
import type { Job } from '../plan/action.ts';
import { command } from './command.ts';
import { runningMachine } from './freeze-disks.ts';
import { type Machine, updateRecord } from '../machine.ts';

/** Once the file is there the guest must not run on: the loop sees it, and has QEMU quit. */
export async function suspendGuest(
  machine: Machine,
  { id, disks }: Extract<Job, { type: 'suspend-guest' }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await saveForNextStart(machine, disks, signal);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const quiesced = { value: false, reason: 'it was to be suspended' };
    machine.frozen = { id, quiesced, memory: { problem: error.problem } };
  }
}

async function saveForNextStart(
  machine: Machine,
  disks: readonly MachineDisk[],
  signal: AbortSignal,
): Promise<void> {
  const disk = memoryDisk(disks);
  if (!disk) throw new ProblemError(noVolume);
  const files = memoryFiles(disk.directory, RESUME);
  const running = runningMachine(machine);
  await command(machine, async (client) => {
    const instant = (): Promise<void> => Promise.resolve();
    const isWanted = (): boolean => machine.spec.suspend !== undefined;
    await saveMemory(client, { files, machine: running, instant, isWanted, signal });
    await commitMemory(files, { ...running, qemuVersion: qemuVersion(client), disk: disk.name });
  });
}

export async function resumeGuest(
  machine: Machine,
  { directory }: Extract<Job, { type: 'load-memory' }>,
  signal: AbortSignal,
): Promise<void> {
  const files = memoryFiles(directory, RESUME);
  const isDone = await command(machine, async (client) =>
    loadMemory(client, { files, saved: await savedMemory(files), signal }),
  );
  if (isDone) await updateRecord(machine, { ...machine.record, resumed: true });
}
