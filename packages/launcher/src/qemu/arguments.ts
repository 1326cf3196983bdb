import type { MachineSpec } from '@hypersdk/api/machine';
import type { RuntimeFiles } from '../pod/runtime-files.ts';
import { type Accelerator, accelerator } from './devices/accelerator.ts';
import { rootPorts } from './devices/bus.ts';
import { firmwareFlash, type UefiFiles } from './devices/firmware.ts';
import { graphicalConsole, serialConsole } from './devices/console.ts';
import { type AttachedDisk, diskDevices } from './devices/disk.ts';
import { guestAgentChannel } from './devices/guest-agent.ts';
import { machine } from './devices/machine.ts';
import { type MappedMemory, memory, memoryDevice, processors } from './devices/memory.ts';
import { monitor } from './devices/monitor.ts';
import { opticalDrives } from './devices/optical-drive.ts';
import { networkDevices } from './devices/network.ts';
import { paravirtualDevices } from './devices/paravirtual.ts';
import { generationId } from './devices/generation-id.ts';
import { seedDevice } from './devices/seed.ts';
import { tpmDevice } from './devices/tpm.ts';
import type { PodNetwork } from './network/pod-network.ts';

export interface QemuInput {
  readonly spec: MachineSpec;
  readonly accelerator: Accelerator;
  readonly disks: readonly AttachedDisk[];
  readonly files: RuntimeFiles;
  /** Of a machine with UEFI. */
  readonly uefi?: UefiFiles | undefined;
  readonly podNetwork: PodNetwork;
  /** It waits for the memory that its guest goes on from. */
  readonly resumes?: boolean;
  /** It does not load the machine's memory but maps it. */
  readonly mappedMemory?: MappedMemory | undefined;
}

export const QEMU = 'qemu-system-x86_64';

/** QEMU's argument vector, its own name first. A pure function: one machine, one vector. */
export function qemuArguments(input: QemuInput): string[] {
  const { spec, accelerator: type, disks, files, uefi, podNetwork } = input;
  const { firmware } = spec;
  return [
    QEMU,
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-msg', 'timestamp=on'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...machine(spec),
    ...accelerator(type),
    ...processors(spec),
    ...memory(spec, input.mappedMemory),
    ...(firmware && uefi ? firmwareFlash(firmware, uefi) : []),
    ...monitor(files),
    ...serialConsole(files),
    ...graphicalConsole(spec.machineType, files),
    ...rootPorts(spec.machineType),
    ...diskDevices(spec.machineType, disks),
    ...opticalDrives(spec.machineType, disks),
    ...(spec.cloudInit ? seedDevice(spec.machineType, files.seed) : []),
    ...networkDevices(spec, podNetwork),
    ...paravirtualDevices(spec.machineType),
    ...generationId(spec),
    ...memoryDevice(spec),
    ...(spec.guestAgent ? guestAgentChannel(spec.machineType, files) : []),
    ...(firmware?.tpm ? tpmDevice(files) : []),
    // A guest that comes does not run before its source has said that it will not.
    ...(input.resumes || spec.incoming ? ['-incoming', 'defer', '-S'] : []),
  ];
}
