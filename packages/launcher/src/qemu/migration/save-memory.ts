import { rm } from 'node:fs/promises';
import type { MachineRoom, SavedMemory } from '@hypersdk/api/machine';
import { type QmpClient, TimeoutError } from 'qemu-monitor';
import { exists } from '../../files/exists.ts';
import { ProblemError } from '../../problem.ts';
import { freeBytes } from '../disks/free-bytes.ts';
import { setCapabilities } from './capabilities.ts';
import type { MemoryFiles } from './memory-files.ts';
import { migrationAt, migrationStatus, NO_MIGRATION } from './progress.ts';

export interface MemorySaving {
  readonly files: MemoryFiles;
  readonly machine: Pick<SavedMemory, 'shape' | 'room'>;
  /** What is to hold the same instant as the memory. It may be called again by who follows one that died. */
  readonly instant: () => Promise<void>;
  /** Asked when the guest stands still. Default: it is. */
  readonly isWanted?: () => boolean;
  readonly signal: AbortSignal;
}

/** What both the file's writer and its reader have to use: pages have places of their own, and are copied side by side. */
export const FILE_CAPABILITIES = ['events', 'mapped-ram', 'multifd'] as const;
export const CHANNELS = 2;

/** Milliseconds that a running guest may change its memory faster than it is copied; then it stands still for the rest. */
const PATIENCE = 30_000;
/** Milliseconds that the guest may stand still for what is left, and QEMU's longest. */
const DOWNTIME = 20;
const LONGEST_DOWNTIME = 2_000_000;
/** Bytes beside memory: devices, and where pages lie. */
const BESIDE = 16 * 1024 * 1024;

/**
 * Copies a guest's memory into a file while it runs; then QEMU stops it, `instant` is done, and the rest is written.
 * Afterwards the guest stands still, at that instant, and `files.partial` is whole. Repeated after a crash it goes on where
 * QEMU is. Where it throws, QEMU has let the guest go on if it ran.
 */
export async function saveMemory(client: QmpClient, saving: MemorySaving): Promise<void> {
  const { files, signal, instant, isWanted = () => true } = saving;
  if (!(await isBegun(client, files))) await begin(client, saving);
  const info = await untilStopped(client, signal);
  if (info.status === 'pre-switchover' && !isWanted()) await client.execute('migrate_cancel');
  else if (info.status === 'pre-switchover') {
    await instant();
    await client.execute('migrate-continue', { state: 'pre-switchover' });
  }
  const end = await migrationAt(client, ENDS, { signal });
  if (end.status === 'completed') return;
  await rm(files.partial, { force: true });
  const why = end['error-desc'] ?? `the migration was ${end.status}`;
  throw new ProblemError({ reason: 'MemoryNotSaved', message: `QEMU could not save the memory: ${why}.` });
}

const ENDS = ['completed', 'failed', 'cancelled'] as const;

/** QEMU makes the file; so where it is, the last migration of this QEMU is the one into it. */
export async function isBegun(client: QmpClient, { partial }: MemoryFiles): Promise<boolean> {
  return (await exists(partial)) && (await migrationStatus(client)) !== NO_MIGRATION;
}

async function begin(client: QmpClient, { files, machine }: MemorySaving): Promise<void> {
  const { cpus, memory } = machine.shape;
  if (machine.room && cpus < machine.room.bootCpus) throw lostProcessors(cpus, machine.room);
  await rm(files.partial, { force: true });
  const free = await freeBytes(files.directory);
  if (free < memory + BESIDE) {
    const message = `The volume has ${free} bytes free and the guest's memory may take ${memory + BESIDE}: give the disk a larger size.`;
    throw new ProblemError({ reason: 'NoSpace', message });
  }
  await setCapabilities(client, [...FILE_CAPABILITIES, 'pause-before-switchover']);
  await client.execute('migrate-set-parameters', {
    ...{ 'max-bandwidth': 0, 'downtime-limit': DOWNTIME, 'multifd-channels': CHANNELS },
  });
  await client.execute('migrate', { uri: `file:${files.partial}` });
}

async function untilStopped(client: QmpClient, signal: AbortSignal): ReturnType<typeof migrationAt> {
  const points = ['pre-switchover', 'device', ...ENDS] as const;
  try {
    return await migrationAt(client, points, { signal, timeout: PATIENCE });
  } catch (error) {
    if (!(error instanceof TimeoutError) || signal.aborted) throw error;
    await client.execute('migrate-set-parameters', { 'downtime-limit': LONGEST_DOWNTIME });
    return migrationAt(client, points, { signal });
  }
}

/** The machine that the guest would go on in starts with them, and only a guest that runs can let one go. */
function lostProcessors(cpus: number, { bootCpus }: MachineRoom): ProblemError {
  const message = `The guest started with ${bootCpus} processors and has ${cpus}: its memory can be saved once it has ${bootCpus} again, or was restarted.`;
  return new ProblemError({ reason: 'ProcessorsTaken', message });
}
