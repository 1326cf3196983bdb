import {
  LAUNCHER_PORT,
  LAUNCHER_READINESS_PORT,
  MIGRATION_PORT,
  MIRROR_PORT,
  type MachineProblem,
  type MachineSpec,
} from '@hypersdk/api/machine';
import { capacity } from '../../qemu/devices/bus.ts';
import { busOf, driveCapacity, type DriveBus } from '../../qemu/devices/optical-drive.ts';

/** What the schema lets through and this launcher cannot run, said before any work is done. */
export function unsupported(spec: MachineSpec): MachineProblem | undefined {
  return networkProblem(spec) ?? diskProblem(spec) ?? firmwareProblem(spec);
}

function networkProblem({ networks }: MachineSpec): MachineProblem | undefined {
  if (networks.length > capacity.network) {
    return { reason: 'TooManyNetworks', message: `A machine takes ${capacity.network} networks at most.` };
  }
  const reserved = networks.flatMap(({ ports }) => ports).find(({ port }) => RESERVED.includes(port));
  return (
    reserved && {
      reason: 'PortReserved',
      message: `Port ${reserved.port} belongs to the launcher; use another.`,
    }
  );
}

function diskProblem({ disks, machineType }: MachineSpec): MachineProblem | undefined {
  const optical = disks.filter(({ device }) => device === 'cdrom');
  if (disks.length - optical.length > capacity.disk) {
    return { reason: 'TooManyDisks', message: `A machine takes ${capacity.disk} disks at most.` };
  }
  const [cdrom] = optical;
  if (cdrom && machineType === 'microvm') {
    const message = `Disk ${cdrom.name}: a microvm has no CD-ROM drive; use type disk or machine q35.`;
    return { reason: 'NotSupported', message, disk: cdrom.name };
  }
  const crowded = (['sata', 'scsi'] as const).find((bus) => isCrowded(bus, optical, machineType));
  if (crowded) {
    const room = driveCapacity[machineType][crowded];
    const message = `A machine of type ${machineType} takes ${room} cdroms on ${crowded} at most; move some to the other bus.`;
    return { reason: 'TooManyDrives', message };
  }
  return undefined;
}

const RESERVED = [LAUNCHER_PORT, LAUNCHER_READINESS_PORT, MIGRATION_PORT, MIRROR_PORT];

function isCrowded(
  bus: DriveBus,
  drives: MachineSpec['disks'],
  machineType: MachineSpec['machineType'],
): boolean {
  return drives.filter((drive) => busOf(drive) === bus).length > driveCapacity[machineType][bus];
}

/** A template's firmware can meet a VM's machine that the schema has not seen beside it. */
function firmwareProblem({ firmware, machineType }: MachineSpec): MachineProblem | undefined {
  if (firmware && machineType === 'microvm') {
    const message = 'firmware: a microvm has neither UEFI nor a TPM; use machineType q35 or pc.';
    return { reason: 'NotSupported', message };
  }
  if (firmware?.secureBoot && machineType !== 'q35') {
    return { reason: 'NotSupported', message: 'firmware.secureBoot: it needs machineType q35.' };
  }
  return undefined;
}
