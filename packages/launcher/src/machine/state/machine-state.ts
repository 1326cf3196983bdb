import type { MachineDiskState, MachineState } from '@hypersdk/api/machine';
import { diskFormat } from '../../qemu/disks/disk.ts';
import { isPluggable } from '../../qemu/plug/pluggable.ts';
import { diskJob, fileSystemsJob } from '../plan/action.ts';
import { migrationState } from './migration-state.ts';
import type { Observed, ObservedDisk, ObservedQemu, RunningQemu } from '../observe/observed.ts';
import { freezeProblem } from '../plan/layers.ts';
import { inherited } from '../plan/renewal.ts';
import { memoryNow, resizesAwaitingRestart, resizing, toldRoom } from '../plan/resize.ts';
import { runningNetworks } from '../record.ts';
import { restartAwaiting } from '../plan/restart-awaiting.ts';
import type { Plan } from '../plan/planned.ts';

/** What the operator is told. Pure, so that two equal worlds give two equal states. */
export function machineState(observed: Observed, plan: Plan): MachineState {
  const { spec, record, qemu } = observed;
  const acceleration = record.launch?.acceleration ?? observed.acceleration;
  const running = lastAnswer(qemu);
  const migration = migrationState(observed, running);
  const unfrozen = running && freezeProblem(observed, running);
  return {
    epoch: spec.epoch,
    phase: plan.phase,
    specDigest: observed.specDigest,
    ...(acceleration && { acceleration }),
    ...(running && { qemuVersion: running.version }),
    ...(running?.startTime && { startTime: running.startTime.toISOString() }),
    disks: running
      ? runningDisks(observed, running)
      : observed.disks.flatMap((disk) => preparedDisk(observed, disk)),
    ...(record.exit && { exit: record.exit }),
    ...(plan.problem && { problem: plan.problem }),
    ...(record.lastRequest !== undefined && { lastRequest: record.lastRequest }),
    ...(record.lastFreeze && { lastFreeze: record.lastFreeze }),
    ...(unfrozen && { freezeProblem: unfrozen }),
    ...droppedLayers(observed),
    ...(record.reboots && { reboots: record.reboots }),
    ...(isAlive(qemu) && observed.guestAgent && { guestAgent: observed.guestAgent }),
    ...(migration && { migration }),
    ...(observed.identity && { identity: observed.identity }),
    ...(isAlive(qemu) && running && { networks: [...running.networks] }),
    ...(isAlive(qemu) && inherited(observed) && { inherited: inherited(observed) }),
    ...(isAlive(qemu) && running && size(observed, running)),
    ...(isAlive(qemu) && attachable(observed).length > 0 && { attachable: attachable(observed) }),
    restartAwaiting: qemu.state === 'running' ? awaiting(observed, qemu) : [],
  };
}

function size(
  observed: Observed,
  running: RunningQemu,
): Pick<MachineState, 'resources' | 'room' | 'resizing'> {
  const room = toldRoom(observed.record, running);
  if (!room) return {};
  const { cpus, overhead } = running;
  const underWay = resizing(observed, running);
  return {
    resources: { cpus, memory: memoryNow(room, running), ...(overhead !== undefined && { overhead }) },
    room,
    ...(underWay.length > 0 && { resizing: underWay }),
  };
}

function droppedLayers({ spec, dropped }: Observed): Pick<MachineState, 'droppedLayers'> {
  const known = (spec.dropLayers ?? []).filter((id) => dropped.includes(id));
  return known.length > 0 ? { droppedLayers: known } : {};
}

function awaiting(observed: Observed, qemu: RunningQemu): MachineState['restartAwaiting'] {
  const { record, spec } = observed;
  if (!record.launch) return [];
  const started = { ...record.launch.spec, networks: runningNetworks(record) };
  return [...resizesAwaitingRestart(observed, qemu), ...restartAwaiting(started, spec)];
}

function attachable({ spec, unmounted, record }: Observed): string[] {
  const isDrive = (name: string): boolean =>
    record.launch?.spec.disks.some((disk) => disk.name === name && disk.device === 'cdrom') ?? false;
  const disks = spec.disks.filter((disk) =>
    disk.device === 'cdrom' ? isDrive(disk.name) : isPluggable(spec.machineType, disk),
  );
  return disks.map(({ name }) => name).filter((name) => unmounted.includes(name));
}

/** A disk is there until it is closed, and only once the guest has it. */
function runningDisks(observed: Observed, { disks, detached }: RunningQemu): MachineDiskState[] {
  const { spec, jobs } = observed;
  const leaving = detached.filter(({ name }) => !spec.disks.some((disk) => disk.name === name));
  return [...disks, ...leaving].map((disk) => {
    const job = jobs.get(diskJob(disk.name));
    const isFlattening = job?.state === 'running' && job.type === 'flatten-disk';
    return {
      ...disk,
      ...(isFlattening && { flattening: job.progress ?? 0 }),
      ...fileSystemsDue(observed, disk),
    };
  });
}

function fileSystemsDue(
  { spec, record, jobs }: Observed,
  { name }: MachineDiskState,
): Pick<MachineDiskState, 'fileSystemsDue'> {
  if (!spec.guestAgent?.growFileSystems || record.fileSystemsDue?.[name] === undefined) return {};
  const job = jobs.get(fileSystemsJob(name));
  return { fileSystemsDue: { ...(job?.state === 'failed' && { problem: job.problem.message }) } };
}

const isAlive = ({ state }: ObservedQemu): boolean => state === 'running' || state === 'reconnecting';

function lastAnswer(qemu: ObservedQemu): RunningQemu | undefined {
  switch (qemu.state) {
    case 'running':
      return qemu;
    case 'reconnecting':
    case 'gone':
      return qemu.last;
    case 'starting':
    case 'unlaunched':
      return undefined;
  }
}

function preparedDisk(observed: Observed, { disk, found }: ObservedDisk): MachineDiskState[] {
  if (disk.empty) return [];
  const common = { name: disk.name, format: diskFormat(disk) };
  const job = observed.jobs.get(diskJob(disk.name));
  if (found.state === 'ready') {
    const { virtualSize, actualSize, layers } = found;
    return [{ ...common, virtualSize, actualSize, chain: layers.map(({ file }) => file) }];
  }
  // Without progress it would be taken to be made. One that should be there already is not being made.
  const made = job?.state === 'running' ? (job.progress ?? 0) : 0;
  const progress = disk.source.type === 'existing' ? undefined : made;
  return [
    {
      ...common,
      virtualSize: disk.size,
      actualSize: 0,
      chain: [],
      ...(progress !== undefined && { progress }),
    },
  ];
}
