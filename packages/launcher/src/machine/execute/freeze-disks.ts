import { layerId, machineShape, type Quiesced, type SavedMemory } from '@hypersdk/api/machine';
import { freezeRunning } from '../../qemu/disks/freeze-running.ts';
import { freezeWithMemory } from '../../qemu/migration/freeze-with-memory.ts';
import type { Job } from '../plan/action.ts';
import { command } from './command.ts';
import type { Machine } from '../machine.ts';
import { allDisks } from '../plan/layers.ts';
import { sizeToSave, toldRoom } from '../plan/resize.ts';
import { runningNetworks } from '../record.ts';

type Freeze = Extract<Job, { type: 'freeze-disks' }>;

/** Milliseconds. Disks take as long as making a file for each; memory has to be written. */
const DISKS_TIMEOUT = 60_000;
const MEMORY_TIMEOUT = 600_000;

/** The loop puts it on record when it sees that it is done. */
export async function freezeDisks(machine: Machine, job: Freeze, signal: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(job.savesMemory ? MEMORY_TIMEOUT : DISKS_TIMEOUT);
  const bounds = AbortSignal.any([signal, timeout]);
  await (job.savesMemory ? withMemory(machine, job, bounds) : alone(machine, job, bounds));
}

async function alone(
  machine: Machine,
  { id, disks, isQuiesced }: Freeze,
  signal: AbortSignal,
): Promise<void> {
  let quiesced: Quiesced = { value: false, reason: 'it was not asked for, or the guest stood still' };
  const quiesce = async (instant: () => Promise<void>): Promise<void> => {
    if (isQuiesced) quiesced = await machine.guest.quiesce(instant);
    else await instant();
  };
  await command(machine, async (client) => {
    const instant = await freezeRunning(client, { disks, id: layerId(id), quiesce, signal });
    machine.frozen = { id, quiesced, ...instant };
  });
}

async function withMemory(
  machine: Machine,
  { id, disks, isForClone }: Freeze,
  signal: AbortSignal,
): Promise<void> {
  const quiesced = { value: false, reason: 'what the guest holds back is in its memory' };
  const isToRun = (): boolean => machine.spec.power === 'on';
  machine.hasNoPassingMemory &&= !isForClone;
  await command(machine, async (client) => {
    const running = runningMachine(machine);
    const freeze = { disks, id: layerId(id), machine: running, isForClone, isToRun, signal };
    machine.frozen = { id, quiesced, ...(await freezeWithMemory(client, freeze)) };
  });
}

/** What the guest that runs sees, with what came to it and without what went since its start. */
export function runningMachine({
  record,
  spec,
  lastAnswer,
}: Machine): Pick<SavedMemory, 'shape' | 'acceleration' | 'room'> {
  const started = record.launch?.spec ?? spec;
  const has = (name: string): boolean =>
    started.disks.some((disk) => disk.name === name && disk.device === 'cdrom') ||
    (lastAnswer?.disks.some((disk) => disk.name === name) ?? true);
  const disks = allDisks({ spec, record }).filter(({ name }) => has(name));
  const networks = runningNetworks(record).filter(({ name }) => lastAnswer?.networks.includes(name) ?? true);
  const size = lastAnswer && sizeToSave({ record, spec }, lastAnswer);
  return {
    shape: machineShape({ ...started, ...size, disks, networks }),
    acceleration: record.launch?.acceleration.type ?? 'tcg',
    room: toldRoom(record, lastAnswer),
  };
}
