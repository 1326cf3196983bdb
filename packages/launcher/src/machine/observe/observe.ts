import { stat } from 'node:fs/promises';
import type { MachineDisk, MachineSpec } from '@hypersdk/api/machine';
import { ProblemError, TransientError } from '../../problem.ts';
import { observeDisk } from '../../qemu/disks/disk.ts';
import { isImageOnDevice } from '../../qemu/disks/image-on-device.ts';
import { isFirmwareStateReady } from '../../qemu/firmware/firmware-state.ts';
import { freeBytes } from '../../qemu/disks/free-bytes.ts';
import { memoryDirectories, memoryFiles, RESUME, savedMemory } from '../../qemu/migration/memory-files.ts';
import { isNetworkReady } from '../../qemu/network/pod-network.ts';
import { isDeclined, isLaunched } from '../../qemu/process/process.ts';
import { failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { observeQemu } from './qemu.ts';
import type { FoundMemory, Observed, ObservedDisk, RunningQemu } from './observed.ts';
import { isSharedWithSource, wantedAcceleration } from '../plan/incoming.ts';

/** A disk that another process holds, say, is looked at again in 2 s: as after the third failure of a job. */
const LATER_LOOK = 3;

/** Looks at everything once. What cannot have changed since the last time is not asked again. */
export async function observe(machine: Machine, signal: AbortSignal): Promise<Observed> {
  const { spec, specDigest, record, paths, files, jobs, acceleration } = machine;
  const { lastNudge, lastGoOn, newReboots } = machine;
  // Before all else: what a job has made that is not among them is there by then.
  const states = new Map(jobs.states);
  const launched = await isLaunched(files);
  const declined = launched && (await isDeclined(files));
  const [stopFile, seedPresent, firmwareReady, qemu, disks] = await Promise.all([
    exists(files.powerdown),
    exists(files.seed),
    spec.firmware && !launched ? isFirmwareStateReady(spec.firmware, paths.uefi) : true,
    observeQemu(machine, { launched, declined }),
    launched ? knownDisks(machine) : observeDisks(machine, signal),
  ]);
  return {
    spec,
    specDigest,
    record,
    powerdownRequested: stopFile || spec.power === 'off',
    qemu,
    disks,
    unmounted: launched ? await unmounted(spec) : [],
    seedPresent,
    firmwareReady,
    networkReady: launched || (await isNetworkReady(spec)),
    acceleration: acceleration?.wanted === wantedAcceleration(spec) ? acceleration.resolved : undefined,
    freeBytes: qemu.state === 'running' ? await roomOfFullDisk(spec, qemu) : undefined,
    lastNudge,
    lastGoOn,
    jobs: states,
    guestAgent: machine.guest.state,
    newReboots,
    frozen: machine.frozen,
    dropped: machine.dropped ?? [],
    enlarged: machine.enlarged,
    savedMemory: await memoryToResume(launched ? (record.launch?.spec ?? spec) : spec),
    mayHavePassingMemory: !machine.hasNoPassingMemory,
    goAhead: machine.goAhead,
    caller: machine.targetLine.caller,
    postCopy: machine.postCopy,
    handOver: machine.handOver,
    identity: machine.identity,
  };
}

/** Another machine's would have come with a copy of its volume. */
async function memoryToResume({ disks, uuid }: MachineSpec): Promise<FoundMemory | undefined> {
  for (const directory of memoryDirectories(disks)) {
    const saved = await savedMemory(memoryFiles(directory, RESUME));
    if (saved?.shape.uuid === uuid) return { directory, saved };
  }
  return undefined;
}

async function unmounted({ disks }: MachineSpec): Promise<string[]> {
  const found = await Promise.all(
    disks.map(async ({ name, volume, empty }) => {
      if (empty) return [];
      const path = volume.type === 'filesystem' ? volume.directory : volume.device;
      return (await exists(path)) ? [] : [name];
    }),
  );
  return found.flat();
}

/** Undefined for a block volume, which does not say what room it has, and for one of another pod. */
async function roomOfFullDisk(
  { disks }: MachineSpec,
  { failedDisk }: RunningQemu,
): Promise<number | undefined> {
  if (!failedDisk?.noSpace) return undefined;
  const volume = disks.find(({ name }) => name === failedDisk.name)?.volume;
  if (volume?.type !== 'filesystem' || !(await exists(volume.directory))) return undefined;
  return freeBytes(volume.directory);
}

const knownDisks = ({ spec, disks }: Machine): ObservedDisk[] =>
  spec.disks.flatMap((disk) => {
    const found = disks.get(disk.name);
    return found ? [{ disk, found }] : [];
  });

function observeDisks(machine: Machine, signal: AbortSignal): Promise<ObservedDisk[]> {
  return Promise.all(
    machine.spec.disks.map(async (disk) => ({ disk, found: await observeOnce(machine, disk, signal) })),
  );
}

/** An entry of `machine.disks` stands until a job on its disk is done, or until a broken one's retry is due. */
async function observeOnce(
  machine: Machine,
  disk: MachineDisk,
  signal: AbortSignal,
): Promise<ObservedDisk['found']> {
  const known = machine.disks.get(disk.name);
  const due = known?.state === 'broken' && known.retryAt <= new Date();
  if (known && !due) return known;
  const found = await look(machine, disk, signal);
  machine.disks.set(disk.name, found);
  return found;
}

async function look(
  machine: Machine,
  disk: MachineDisk,
  signal: AbortSignal,
): Promise<ObservedDisk['found']> {
  // Another launcher's copy may not be whole. The guest has not run yet, whatever is there.
  if (isImageOnDevice(disk) && !machine.onDevice.has(disk.name)) return { state: 'missing' };
  try {
    const { paths, spec } = machine;
    return await observeDisk(disk, paths.images, signal, isSharedWithSource(spec, disk));
  } catch (error) {
    if (error instanceof ProblemError || error instanceof TransientError) {
      return { state: 'broken', ...failure(disk.name, error, LATER_LOOK) };
    }
    throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
