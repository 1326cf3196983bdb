import type { MachineDisk, MachineNetwork, MachineSpec } from '@hypersdk/api/machine';
import type { MachineType } from '../devices/bus.ts';
import { isImageOnDevice } from '../disks/image-on-device.ts';

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
 * Whether an interface can come to a machine that was started so, or go from it. Places on a pc's bus are not told apart. A
 * masqueraded network's tap is made by the pod's network container, which there is where another is masqueraded; the main one,
 * which has all ports that no other has, stays.
 */
export function isPluggableNetwork(
  { machineType, networks }: Pick<MachineSpec, 'machineType' | 'networks'>,
  { name, binding }: MachineNetwork,
): boolean {
  if (machineType !== 'q35') return false;
  if (binding === 'user') return true;
  const main = mainNetwork(networks);
  return main !== undefined && main.name !== name;
}

/** Of those that the machine was started with. */
export const mainNetwork = (networks: readonly MachineNetwork[]): MachineNetwork | undefined =>
  networks.find(({ binding }) => binding === 'masquerade');
