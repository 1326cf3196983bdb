import type { MachineSpec } from '@hypersdk/api/machine';
import { object } from './options.ts';

/** The migration stream names guest memory by this id. */
export const MEMORY_ID = 'mem0';
const MIB = 1024 * 1024;

/** Whole MiB: QEMU rounds odd sizes differently for the backend and for `-m`. */
export function guestMemory(bytes: number): number {
  return Math.max(Math.floor(bytes / MIB), 1) * MIB;
}

export function memory(spec: MachineSpec): string[] {
  const size = guestMemory(spec.memory);
  return [...object({ 'qom-type': 'memory-backend-ram', id: MEMORY_ID, size }), '-m', `size=${size / MIB}M`];
}

export function processors(spec: MachineSpec): string[] {
  return ['-smp', `cpus=${spec.cpus},sockets=1,cores=${spec.cpus},threads=1`];
}
