import type { MachineSpec } from '@hypersdk/api/machine';
import { machineRoom } from '../size/room.ts';
import { device } from './options.ts';

/**
 * Tells the guest's kernel by another ID that it is a copy, or was set back, so that it seeds its random numbers anew at once
 * (vmgenid; Linux since 5.18). It has no place on a bus.
 */
export function generationId(spec: MachineSpec): string[] {
  const { generation } = machineRoom(spec);
  return generation === undefined ? [] : device({ driver: 'vmgenid', id: 'generation', guid: generation });
}
