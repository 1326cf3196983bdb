import type { MachineResizing, MachineRoom, MachineSpec, MachineState } from '@hypersdk/api/machine';
import { formatBytes } from '@hypersdk/api/quantity';
import { guestMemory, pluggedMemory } from '../../qemu/size/room.ts';
import { jobKey, type Job } from './action.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import type { MachineRecord } from '../record.ts';

type Asked = Pick<Observed, 'spec' | 'record' | 'jobs'>;
type Awaiting = MachineState['restartAwaiting'][number];

/** What the running machine was built with: by an earlier launcher, without room for more. */
export function runningRoom({ launch }: MachineRecord): MachineRoom | undefined {
  if (!launch || launch.room) return launch?.room;
  const bootMemory = guestMemory(launch.spec.memory);
  const { cpus } = launch.spec;
  return { bootCpus: cpus, maxCpus: cpus, bootMemory, maxMemory: bootMemory };
}

/** And which machine it is, with its version. */
export function toldRoom(record: MachineRecord, qemu: RunningQemu | undefined): MachineRoom | undefined {
  const room = runningRoom(record);
  return room && { ...room, ...(qemu && { machine: qemu.machine }) };
}

/** Processors and memory that are to come to the running machine, or to go from it. */
export function resizeJobs(observed: Asked, qemu: RunningQemu): Job[] {
  const cpus = liveCpus(observed, qemu);
  const memory = liveMemory(observed, qemu);
  return [
    ...(cpus !== undefined && cpus !== qemu.cpus ? [{ type: 'resize-processors', cpus } as const] : []),
    ...(memory && memory.requested !== qemu.pluggedMemory?.requested
      ? [{ type: 'resize-memory', requested: memory.requested } as const]
      : []),
  ];
}

/** What is under way: memory goes on to be until the guest has taken it, or given it back. */
export function resizing(observed: Asked, qemu: RunningQemu): MachineResizing[] {
  const cpus = liveCpus(observed, qemu);
  const memory = liveMemory(observed, qemu);
  const message = refusal(observed, 'resize-processors');
  return [
    ...(cpus !== undefined && cpus !== qemu.cpus
      ? [{ field: 'cpus', now: qemu.cpus, wanted: cpus, ...(message && { message }) } as const]
      : []),
    ...(memory && memory.now !== memory.wanted
      ? [{ field: 'memory', now: memory.now, wanted: memory.wanted } as const]
      : []),
  ];
}

/** What only a restart brings about. */
export function resizesAwaitingRestart(observed: Asked, qemu: RunningQemu): Awaiting[] {
  const { spec } = observed;
  const room = runningRoom(observed.record);
  if (!room) return [];
  const { bootMemory, maxMemory } = room;
  const memory = guestMemory(spec.memory);
  const isMemoryOut = memory < bootMemory || memory > maxMemory;
  return [
    ...(spec.cpus === qemu.cpus || liveCpus(observed, qemu) !== undefined
      ? []
      : [difference('cpus', qemu.cpus, spec.cpus)]),
    ...(isMemoryOut ? [difference('memory', memoryNow(room, qemu), spec.memory, formatBytes)] : []),
    ...roomDifferences(spec, room),
  ];
}

/** The room is compared where it is asked for: what else it may be follows from what the guest started with. */
function roomDifferences(spec: MachineSpec, room: MachineRoom): Awaiting[] {
  const { maxCpus = 0, maxMemory = 0 } = spec;
  return [
    ...(maxCpus > room.maxCpus ? [difference('maxCpus', room.maxCpus, maxCpus)] : []),
    ...(maxMemory > room.maxMemory ? [difference('maxMemory', room.maxMemory, maxMemory, formatBytes)] : []),
  ];
}

/** Undefined where spec asks for what the running machine cannot have. */
function liveCpus(observed: Asked, { cpus: now }: RunningQemu): number | undefined {
  const { spec, record } = observed;
  const room = runningRoom(observed.record);
  if (!room || spec.cpus > room.maxCpus) return undefined;
  // QEMU ends itself when one of the processors that share a thread under TCG is taken (ADR 290).
  const canGo = record.launch?.acceleration.type === 'kvm';
  return spec.cpus >= now || canGo ? spec.cpus : undefined;
}

/** Bytes in all, and of the device. What the guest started with never goes, but all else does. */
function liveMemory(observed: Asked, qemu: RunningQemu) {
  const room = runningRoom(observed.record);
  if (!room || !qemu.pluggedMemory || guestMemory(observed.spec.memory) > room.maxMemory) return undefined;
  const requested = pluggedMemory(observed.spec.memory, room);
  return { requested, now: memoryNow(room, qemu), wanted: room.bootMemory + requested };
}

/** Bytes that the guest has. */
export function memoryNow(
  { bootMemory }: Pick<MachineRoom, 'bootMemory'>,
  { pluggedMemory: plugged }: RunningQemu,
): number {
  return bootMemory + (plugged?.size ?? 0);
}

/** What the guest that goes on needs: of memory that it is on its way to, all, for it takes that up in the new machine. */
export function sizeToSave(
  { record, spec }: Pick<Asked, 'record' | 'spec'>,
  qemu: RunningQemu,
): Pick<MachineSpec, 'cpus' | 'memory'> {
  const { cpus } = qemu;
  const room = runningRoom(record);
  if (!room) return { cpus, memory: spec.memory };
  const now = memoryNow(room, qemu);
  const memory = guestMemory(spec.memory);
  return { cpus, memory: memory >= now && memory <= room.maxMemory ? spec.memory : now };
}

function refusal({ jobs }: Asked, type: 'resize-processors'): string | undefined {
  const state = jobs.get(jobKey({ type, cpus: 1 }));
  return state?.state === 'failed' ? state.problem.message : undefined;
}

function difference(
  field: string,
  now: number,
  wanted: number,
  format: (n: number) => string = String,
): Awaiting {
  return { field, now: format(now), wanted: format(wanted) };
}
