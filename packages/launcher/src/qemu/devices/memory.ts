import type { MachineSpec } from '@hypersdk/api/machine';
import { MEMORY_BLOCK, machineRoom, pluggedMemory } from '../size/room.ts';
import { fixedPlace } from './bus.ts';
import { device, object, type Properties } from './options.ts';

/** The migration stream names guest memory by these ids. */
export const MEMORY_ID = 'mem0';
const MEMORY_ROOM_ID = 'mem1';
export const MEMORY_DEVICE_ID = 'virtio-mem';
const MIB = 1024 * 1024;

/** Saved memory in a file. */
export interface MappedMemory {
  readonly file: string;
  /** Bytes. */
  readonly offset: number;
}

export function memory(spec: MachineSpec, mapped?: MappedMemory): string[] {
  const { bootMemory, maxMemory } = machineRoom(spec);
  const size = `size=${bootMemory / MIB}M`;
  return [
    ...object({ ...backend(mapped), id: MEMORY_ID, size: bootMemory }),
    ...['-m', maxMemory > bootMemory ? `${size},maxmem=${maxMemory / MIB}M` : size],
  ];
}

/** Of a file the guest gets the pages that it reads, and copies of those that it writes. */
function backend(mapped: MappedMemory | undefined): Properties & { readonly 'qom-type': string } {
  if (!mapped) return { 'qom-type': 'memory-backend-ram' };
  const { file, offset } = mapped;
  return { 'qom-type': 'memory-backend-file', 'mem-path': file, offset, share: false };
}

/** Room for memory that comes while the guest runs; what the guest has not taken takes none of the node's. */
export function memoryDevice(spec: MachineSpec): string[] {
  const room = machineRoom(spec);
  const size = room.maxMemory - room.bootMemory;
  if (size === 0) return [];
  return [
    ...object({ 'qom-type': 'memory-backend-ram', id: MEMORY_ROOM_ID, size, reserve: false }),
    ...device({
      driver: 'virtio-mem-pci',
      id: MEMORY_DEVICE_ID,
      memdev: MEMORY_ROOM_ID,
      'block-size': MEMORY_BLOCK,
      'requested-size': pluggedMemory(spec.memory, room),
      ...fixedPlace(spec.machineType, 'memory'),
    }),
  ];
}

export function processors(spec: MachineSpec): string[] {
  const { bootCpus, maxCpus } = machineRoom(spec);
  const room = maxCpus > bootCpus ? `,maxcpus=${maxCpus}` : '';
  return ['-smp', `cpus=${bootCpus}${room},sockets=1,cores=${maxCpus},threads=1`];
}
