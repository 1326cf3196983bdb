import type { MachineDisk, MachineNetwork } from '@hypersdk/api/machine';
import type { MachineType } from './devices/bus.ts';
import { isImageOnDevice } from './image-on-device.ts';

/**
 * Whether a disk can come to, or go from, a running machine: a microvm has no bus for it, a CD-ROM drive is part of its
 * controller, and a guest that loses the disk that it boots from has lost everything. An image is copied onto a device
 * only before a guest starts.
 */
export function isPluggable(type: MachineType, disk: MachineDisk): boolean {
  const isHard = disk.device === 'disk' && disk.bootIndex === undefined;
  return type !== 'microvm' && isHard && !isImageOnDevice(disk);
}

/**
 * Whether an interface can: what is masqueraded has a tap that the pod's network container makes as the pod starts, and
 * places on a pc's bus are not told apart.
 */
export function isPluggableNetwork(type: MachineType, { binding }: MachineNetwork): boolean {
  return type === 'q35' && binding === 'user';
}
