import type { MachineSpec } from '@hypersdk/api/machine';
import { device, type Properties } from './options.ts';

/**
 * Where devices sit. A guest names its interfaces and disks by these addresses, so adding a disk or a network
 * must not move another: each family has places of its own, and the number of ports never changes.
 *
 * q35: hot-pluggable devices behind PCIe root ports, fixed ones on pcie.0. pc: all on pci.0, which is
 * hot-pluggable as it is. microvm: virtio-mmio, in order of creation, never hot-pluggable.
 */
export type MachineType = MachineSpec['machineType'];
export type FixedDevice = 'vga' | 'rng' | 'balloon' | 'seed' | 'serial' | 'scsi' | 'memory';
export type PluggableFamily = 'network' | 'disk';

export const capacity = { network: 4, disk: 12 } as const satisfies Record<PluggableFamily, number>;
const PORTS_PER_SLOT = 8;
const firstPort = { network: 0, disk: capacity.network } as const;
const portCount = capacity.network + capacity.disk;

const fixedSlots = {
  q35: {
    vga: '0x1',
    rng: '0x10',
    balloon: '0x11',
    seed: '0x12',
    serial: '0x13',
    scsi: '0x14',
    memory: '0x15',
  },
  pc: { vga: '0x2', rng: '0x3', balloon: '0x4', seed: '0x5', serial: '0x16', scsi: '0x17', memory: '0x18' },
} as const satisfies Partial<Record<MachineType, Record<FixedDevice, string>>>;

/** `virtio-blk` is `virtio-blk-pci` on a PCI machine and `virtio-blk-device` on microvm. */
export function virtio(type: MachineType, family: string): string {
  return `virtio-${family}-${type === 'microvm' ? 'device' : 'pci'}`;
}

export function fixedPlace(type: MachineType, name: FixedDevice): Properties {
  switch (type) {
    case 'q35':
      return { bus: 'pcie.0', addr: fixedSlots.q35[name] };
    case 'pc':
      return { bus: 'pci.0', addr: fixedSlots.pc[name] };
    case 'microvm':
      return {};
  }
}

export function pluggablePlace(type: MachineType, family: PluggableFamily, index: number): Properties {
  switch (type) {
    case 'q35':
      return { bus: portId(firstPort[family] + index) };
    case 'pc':
      return { bus: 'pci.0', addr: hex(0x6 + firstPort[family] + index) };
    case 'microvm':
      return {};
  }
}

/** The buses for devices of a family on a q35, in the order in which they are taken. */
export function placesOf(family: PluggableFamily): string[] {
  return Array.from({ length: capacity[family] }, (_, index) => portId(firstPort[family] + index));
}

export function rootPorts(type: MachineType): string[] {
  if (type !== 'q35') return [];
  return Array.from({ length: portCount }, (_, index) => rootPort(index)).flat();
}

function rootPort(index: number): string[] {
  const slot = 2 + Math.floor(index / PORTS_PER_SLOT);
  const port = index % PORTS_PER_SLOT;
  return device({
    driver: 'pcie-root-port',
    id: portId(index),
    bus: 'pcie.0',
    addr: `${hex(slot)}.${hex(port)}`,
    chassis: index + 1,
    ...(port === 0 && { multifunction: true }),
  });
}

const portId = (index: number): string => `port${index}`;
const hex = (value: number): string => `0x${value.toString(16)}`;
