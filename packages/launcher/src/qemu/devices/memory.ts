import type { MachineSpec } from '@hypersdk/api/machine';
import { MEMORY_BLOCK, machineRoom, pluggedMemory } from '../room.ts';
import { fixedPlace } from './bus.ts';
import { device, object } from './options.ts';

/** The migration stream names guest memory by these ids. */
export const MEMORY_ID = 'mem0';
const MEMORY_ROOM_ID = 'mem1';
export const MEMORY_DEVICE_ID = 'virtio-mem';
const MIB = 1024 * 1024;

export function memory(spec: MachineSpec): string[] {
  const { bootMemory, maxMemory } = machineRoom(spec);
  const size = `size=${bootMemory / MIB}M`;
  return [
    ...object({ 'qom-type': 'memory-backend-ram', id: MEMORY_ID, size: bootMemory }),
    ...['-m', maxMemory > bootMemory ? `${size},maxmem=${maxMemory / MIB}M` : size],
  ];
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
