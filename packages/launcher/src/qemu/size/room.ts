import type { MachineRoom, MachineSpec } from '@hypersdk/api/machine';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** What guests take and give back at once; smaller blocks are not all of use to Linux. */
export const MEMORY_BLOCK = 4 * MIB;
/** Linux adds memory in sections of this size, and cannot use a part of one. */
const MEMORY_SECTION = 128 * MIB;

/** A possible processor takes 256 KiB of the guest's memory, whether it is there or not. */
const CPU_ROOM = 4;
const MOST_CPUS = 128;
/**
 * A Linux guest that may come to have memory beyond 4 GiB sets 64 MiB aside for devices that reach no further. Where it
 * has such memory from the beginning, room for more costs nothing.
 */
const MEMORY_ROOM = 4;
const BEYOND_4_GIB = { q35: 2.75 * GIB, pc: 3.5 * GIB, microvm: Infinity } as const;
/** Processors with 39 address bits are about; QEMU does not start a machine that does not fit into them. */
const MOST_MEMORY = 128 * GIB;

/** What a machine of this spec is built with. */
export function machineRoom(spec: MachineSpec): MachineRoom {
  if (spec.room) return spec.room;
  const bootMemory = guestMemory(spec.memory);
  const { cpus } = spec;
  if (spec.machineType === 'microvm')
    return { bootCpus: cpus, maxCpus: cpus, bootMemory, maxMemory: bootMemory };
  const more = Math.max((spec.maxMemory ?? usualMemory(spec)) - bootMemory, 0);
  return {
    bootCpus: cpus,
    maxCpus: Math.max(cpus, spec.maxCpus ?? Math.min(cpus * CPU_ROOM, MOST_CPUS)),
    bootMemory,
    maxMemory: bootMemory + Math.ceil(more / MEMORY_SECTION) * MEMORY_SECTION,
    generation: spec.uuid,
  };
}

function usualMemory({ machineType, memory }: MachineSpec): number {
  return memory < BEYOND_4_GIB[machineType] ? memory : Math.min(memory * MEMORY_ROOM, MOST_MEMORY);
}

/** Whole MiB: QEMU rounds odd sizes differently for the backend and for `-m`. */
export function guestMemory(bytes: number): number {
  return Math.max(Math.floor(bytes / MIB), 1) * MIB;
}

/** What the memory device is to have of a machine with that much memory in all. */
export function pluggedMemory(memory: number, { bootMemory, maxMemory }: MachineRoom): number {
  const wanted = Math.min(memory, maxMemory) - bootMemory;
  return Math.max(Math.floor(wanted / MEMORY_BLOCK) * MEMORY_BLOCK, 0);
}
