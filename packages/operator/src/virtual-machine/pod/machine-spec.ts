/** The machine that a VirtualMachine asks for, in the launcher's terms. Pure, so its digest says whether it changed. */
import {
  IMAGE_FILE,
  isEmptyDrive,
  keepsState,
  MachinePaths,
  parseBytes,
  type EffectiveSpec,
  type Firmware,
  type MachineAttachment,
  type MachineDisk,
  type MachineFirmware,
  type MachineIncoming,
  type MachineNetwork,
  type MachineExpected,
  type MachineOutgoing,
  type MachineRequest,
  type MachineSpec,
  type VirtualMachine,
} from '@hypersdk/api';
import { hostnameOf, uuidOf } from '../identity.ts';
import { hasContent } from '../disks/claims.ts';
import type { ResolvedNetwork } from '../networks/networks.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';

export interface MachineContext {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly disks: readonly ResolvedDisk[];
  readonly networks: readonly ResolvedNetwork[];
  readonly attachments?: readonly MachineAttachment[];
  readonly epoch: number;
  readonly power: MachineSpec['power'];
  /** Names of the disks that are to stand alone. */
  readonly flattened?: readonly string[];
  readonly request?: MachineRequest | undefined;
  readonly dropLayers?: readonly string[];
  readonly hasLinkedClones?: boolean;
  /** Uid of the operation by which the guest is to be suspended. */
  readonly suspend?: string | undefined;
  /** It boots, though there is memory that it could go on from. */
  readonly discardMemory?: boolean;
  readonly acceleration: 'auto' | 'kvm' | 'tcg';
  /** Name in the certificate of the pod that fetches the layers of the disks. */
  readonly lendsTo?: string | undefined;
  readonly incoming?: MachineIncoming;
  readonly outgoing?: MachineOutgoing | undefined;
  readonly expects?: MachineExpected | undefined;
}

export function machineSpec({
  vm,
  spec,
  disks,
  networks,
  flattened,
  attachments = [],
  ...rest
}: MachineContext): MachineSpec {
  return {
    namespace: vm.metadata.namespace ?? '',
    name: vm.metadata.name,
    uuid: uuidOf(vm) ?? '',
    epoch: rest.epoch,
    power: rest.power,
    ...(rest.request && { request: rest.request }),
    ...droppedLayers(rest),
    ...(rest.suspend !== undefined && { suspend: rest.suspend }),
    ...(rest.discardMemory && { discardMemory: true }),
    gracePeriod: spec.terminationGracePeriodSeconds,
    cpus: spec.cpus,
    memory: parseBytes(spec.memory),
    ...(spec.maxCpus !== undefined && { maxCpus: spec.maxCpus }),
    ...(spec.maxMemory !== undefined && { maxMemory: parseBytes(spec.maxMemory) }),
    machineType: spec.machineType,
    acceleration: spec.acceleration ?? rest.acceleration,
    ...(keepsState(spec.firmware) && { firmware: machineFirmware(spec.firmware) }),
    disks: inOrder(spec, [...disks.map((disk) => machineDisk(vm, disk, flattened)), ...emptyDrives(spec)]),
    ...(attachments.length > 0 && { attachments: [...attachments] }),
    networks: networks.map(machineNetwork),
    ...(spec.cloudInit && {
      cloudInit: {
        instanceId: vm.spec.identity?.instanceId ?? vm.metadata.uid ?? '',
        hostname: hostnameOf(vm),
        ...(vm.spec.identity?.newMachineId && { newMachineId: true }),
      },
    }),
    ...(hasGuestAgent(spec) && {
      guestAgent: {
        readiness: spec.guestAgent?.requiredForReadiness ?? false,
        growFileSystems: spec.guestAgent?.growFileSystems ?? true,
      },
    }),
    ...(rest.lendsTo !== undefined && { lendsTo: rest.lendsTo }),
    ...(rest.incoming && { incoming: rest.incoming }),
    ...(rest.outgoing && { outgoing: rest.outgoing }),
    ...(rest.expects && { expects: rest.expects }),
  };
}

/** What linked clones stand on is read by other pods. */
function droppedLayers({
  dropLayers = [],
  hasLinkedClones,
}: Pick<MachineContext, 'dropLayers' | 'hasLinkedClones'>): Pick<MachineSpec, 'dropLayers' | 'sharedLayers'> {
  if (dropLayers.length === 0) return {};
  return { dropLayers: [...dropLayers], ...(hasLinkedClones && { sharedLayers: true }) };
}

/** Its channel costs nothing where no agent listens. */
export function hasGuestAgent({ guestAgent }: Pick<EffectiveSpec, 'guestAgent'>): boolean {
  return guestAgent?.enabled ?? true;
}

function machineFirmware({ bootloader, secureBoot, tpm }: Firmware): MachineFirmware {
  return { bootloader, secureBoot, tpm, directory: MachinePaths.firmwareState };
}

export function machineDisk(
  vm: VirtualMachine,
  disk: ResolvedDisk,
  flattened: readonly string[] = [],
): MachineDisk {
  const path = diskDirectory(disk);
  return {
    name: disk.name,
    device: disk.device,
    ...(disk.bus && { bus: disk.bus }),
    volume:
      disk.volumeMode === 'Block' ? { type: 'block', device: path } : { type: 'filesystem', directory: path },
    size: parseBytes(disk.size),
    ...(disk.bootIndex !== undefined && { bootIndex: disk.bootIndex }),
    source: machineDiskSource(vm, disk),
    ...(flattened.includes(disk.name) && { flatten: true }),
  };
}

/** The path of a medium says which it is: a pod that has another is not taken to have it. */
export function diskDirectory({ name, device, claimName }: ResolvedDisk): string {
  return `${MachinePaths.volumes}/${device === 'cdrom' ? `${name}.${claimName}` : name}`;
}

/** The claim of the medium that lies in a drive of this name. */
export function mediumClaim(drive: string, file: string): string | undefined {
  const prefix = `${MachinePaths.volumes}/${drive}.`;
  return file.startsWith(prefix) ? file.slice(prefix.length, file.lastIndexOf('/')) : undefined;
}

function emptyDrives({ disks }: EffectiveSpec): MachineDisk[] {
  return disks.filter(isEmptyDrive).map(({ name, bus, bootOrder }) => ({
    ...{ name, device: 'cdrom', size: 0, source: { type: 'existing' }, empty: true },
    volume: { type: 'filesystem', directory: `${MachinePaths.volumes}/${name}` },
    ...(bus && { bus }),
    ...(bootOrder !== undefined && { bootIndex: bootOrder }),
  }));
}

/** A drive keeps its place whether there is a medium in it or not. */
function inOrder(spec: EffectiveSpec, disks: readonly MachineDisk[]): MachineDisk[] {
  const place = ({ name }: MachineDisk) => spec.disks.findIndex((disk) => disk.name === name);
  return disks.toSorted((a, b) => place(a) - place(b));
}

/** A disk that was made once is only ever opened again: an empty volume in its place is an error, not a new disk. */
function machineDiskSource(vm: VirtualMachine, disk: ResolvedDisk): MachineDisk['source'] {
  if (hasContent(vm, disk)) return { type: 'existing' };
  if (disk.source.type === 'snapshot') {
    const { claim, file } = disk.source;
    return { type: 'image', path: `${goldenDirectory(claim)}/${file}`, clone: 'full', isLayer: true };
  }
  if (disk.source.type !== 'golden') return { type: disk.source.type === 'blank' ? 'blank' : 'existing' };
  return {
    type: 'image',
    path: `${goldenDirectory(disk.source.claim)}/${IMAGE_FILE}`,
    clone: disk.source.clone,
  };
}

export function goldenDirectory(claim: string): string {
  return `${MachinePaths.images}/${claim}`;
}

function machineNetwork({ name, binding, macAddress, ports }: ResolvedNetwork): MachineNetwork {
  return { name, binding, mac: macAddress, ports: ports.map(({ port, protocol }) => ({ port, protocol })) };
}
