import type { MachineDisk, MachineSpec } from '@hypersdk/api/machine';

/** A small machine for tests, with the fields that matter to the test in `changes`. */
export function machineSpec(changes: Partial<MachineSpec> = {}): MachineSpec {
  return {
    namespace: 'default',
    name: 'ubuntu-vm',
    uuid: '5b5f1f8e-53a5-4ab0-9d3c-4f4f53c62a01',
    epoch: 1,
    power: 'on',
    gracePeriod: 30,
    cpus: 2,
    memory: 256 * 1024 * 1024,
    machineType: 'q35',
    acceleration: 'tcg',
    disks: [],
    networks: [],
    ...changes,
  };
}

export function blankDisk(changes: Partial<MachineDisk> = {}): MachineDisk {
  return {
    name: 'root',
    device: 'disk',
    volume: { type: 'filesystem', directory: '/volumes/root' },
    size: 1024 * 1024 * 1024,
    source: { type: 'blank' },
    ...changes,
  };
}
