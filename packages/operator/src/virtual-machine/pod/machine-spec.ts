/** The machine that a VirtualMachine asks for, in the launcher's terms. Pure, so its digest says whether it changed. */
import { createHash } from 'node:crypto';
import {
  IMAGE_FILE,
  MachinePaths,
  parseBytes,
  type EffectiveSpec,
  type MachineDisk,
  type MachineNetwork,
  type MachineSpec,
  type VirtualMachine,
} from '@hypersdk/api';
import { hasContent } from '../disks/claims.ts';
import type { ResolvedDisk } from '../disks/disks.ts';

export interface MachineContext {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly disks: readonly ResolvedDisk[];
  readonly epoch: number;
  readonly power: 'on' | 'off';
  readonly acceleration: 'auto' | 'kvm' | 'tcg';
}

export function machineSpec({ vm, spec, disks, ...rest }: MachineContext): MachineSpec {
  return {
    namespace: vm.metadata.namespace ?? '',
    name: vm.metadata.name,
    uuid: vm.status?.uuid ?? vm.metadata.uid ?? '',
    epoch: rest.epoch,
    power: rest.power,
    gracePeriod: spec.terminationGracePeriodSeconds,
    cpus: spec.cpus,
    memory: parseBytes(spec.memory),
    machineType: spec.machineType,
    acceleration: spec.acceleration ?? rest.acceleration,
    disks: disks.map((disk) => machineDisk(vm, disk)),
    networks: spec.networks.map((network) => machineNetwork(vm, network)),
    ...(spec.cloudInit && {
      cloudInit: { instanceId: vm.metadata.uid ?? '', hostname: vm.status?.hostname ?? vm.metadata.name },
    }),
  };
}

function machineDisk(vm: VirtualMachine, disk: ResolvedDisk): MachineDisk {
  const path = `${MachinePaths.volumes}/${disk.name}`;
  return {
    name: disk.name,
    device: disk.device,
    volume:
      disk.volumeMode === 'Block' ? { type: 'block', device: path } : { type: 'filesystem', directory: path },
    size: parseBytes(disk.size),
    ...(disk.bootIndex !== undefined && { bootIndex: disk.bootIndex }),
    source: machineDiskSource(vm, disk),
  };
}

/** A disk that was made once is only ever opened again: an empty volume in its place is an error, not a new disk. */
function machineDiskSource(vm: VirtualMachine, disk: ResolvedDisk): MachineDisk['source'] {
  if (disk.source.type === 'existing' || hasContent(vm, disk)) return { type: 'existing' };
  if (disk.source.type === 'blank') return { type: 'blank' };
  return {
    type: 'image',
    path: `${goldenDirectory(disk.source.claim)}/${IMAGE_FILE}`,
    clone: disk.source.clone,
  };
}

export function goldenDirectory(claim: string): string {
  return `${MachinePaths.images}/${claim}`;
}

function machineNetwork(vm: VirtualMachine, network: EffectiveSpec['networks'][number]): MachineNetwork {
  return {
    name: network.name,
    binding: 'user',
    mac: macAddress(vm, network),
    ports: (network.ports ?? []).map(({ port, protocol }) => ({ port, protocol })),
  };
}

/** From uid and network, so that it is the same for the VM's life and no other VM's; 0x52 is unicast and local. */
export function macAddress(vm: VirtualMachine, network: EffectiveSpec['networks'][number]): string {
  const kept = vm.status?.networks?.find(({ name }) => name === network.name)?.macAddress;
  if (network.macAddress ?? kept) return (network.macAddress ?? kept ?? '').toLowerCase();
  const digest = createHash('sha256')
    .update(`${vm.metadata.uid ?? ''}/${network.name}`)
    .digest('hex');
  return ['52', '54', ...[0, 2, 4, 6].map((at) => digest.slice(at, at + 2))].join(':');
}
