/** How large a VM is, and how large it may become without another start. */
import { formatBytes, parseBytes, type MachineRoom } from '@hypersdk/api';
import type { Observed } from '../observed.ts';

export interface Size {
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
}

/** Of a running guest, with the room that its machine was built with. */
export interface LiveSize extends Size {
  readonly room: MachineRoom;
}

/** What the launcher rounds memory to; a difference below that is none. */
export const MEMORY_BLOCK = 4 * 1024 * 1024;

export function sizeOf({ cpus, memory }: Pick<Observed['spec'], 'cpus' | 'memory'>): Size {
  return { cpus, memory: parseBytes(memory) };
}

/** Undefined while no guest runs, and of a launcher that cannot resize one. */
export function liveSize(machine: Observed['machine']): LiveSize | undefined {
  if (machine.type !== 'state') return undefined;
  const { resources, room } = machine.state;
  return resources && room && { cpus: resources.cpus, memory: resources.memory, room };
}

export function isMore(a: Size, b: Size): boolean {
  return a.cpus > b.cpus || a.memory - b.memory >= MEMORY_BLOCK;
}

export function largest(a: Size, b: Size): Size {
  return { cpus: Math.max(a.cpus, b.cpus), memory: Math.max(a.memory, b.memory) };
}

/** In the words of spec. */
export function fieldsOf({ cpus, memory }: Size) {
  return { cpus, memory: formatBytes(memory) };
}
