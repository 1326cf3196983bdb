import type { VirtualMachineSpec } from '../virtual-machine.ts';
import type { Disk } from './disk.ts';

type Worded = Partial<Pick<VirtualMachineSpec, 'cpus' | 'memory' | 'resources' | 'disks'>>;

/** What manifests of other systems say by other words is said by this API's own: only those are looked at further on. */
export function inOneWord<T extends Worded>({ resources, ...spec }: T): Omit<T, 'resources'> & Worded {
  const { cpu, memoryMiB, ...amounts } = resources ?? {};
  return {
    ...spec,
    ...(cpu !== undefined && { cpus: cpu }),
    ...(memoryMiB !== undefined && { memory: `${memoryMiB}Mi` }),
    ...(Object.keys(amounts).length > 0 && { resources: amounts }),
    ...(spec.disks && { disks: spec.disks.map(diskInOneWord) }),
  };
}

function diskInOneWord(disk: Disk): Disk {
  const { sizeGiB, ...rest } = disk;
  return sizeGiB === undefined ? disk : { ...rest, size: `${sizeGiB}Gi` };
}
