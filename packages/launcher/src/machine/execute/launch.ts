import { randomUUID } from 'node:crypto';
import type { MachineRoom, MachineSpec } from '@hypersdk/api/machine';
import { qemuArguments } from '../../qemu/arguments.ts';
import type { AttachedDisk } from '../../qemu/devices/disk.ts';
import type { MappedMemory } from '../../qemu/devices/memory.ts';
import { tpmState, uefiFiles } from '../../qemu/firmware/firmware-state.ts';
import { withLastingName, withSharedName } from '../../qemu/disks/lasting-name.ts';
import {
  forgetMemory,
  forgetPassingMemories,
  memoryFiles,
  RESUME,
} from '../../qemu/migration/memory-files.ts';
import { podNetwork } from '../../qemu/network/pod-network.ts';
import { handOver } from '../../qemu/process/process.ts';
import { machineRoom } from '../../qemu/size/room.ts';
import { swtpmArguments } from '../../qemu/process/swtpm.ts';
import type { Action } from '../plan/action.ts';
import { type Machine, updateRecord } from '../machine.ts';
import { isSharedWithSource } from '../plan/incoming.ts';

type Launch = Extract<Action, { type: 'launch' }>;

export async function launch(machine: Machine, action: Launch): Promise<void> {
  const { acceleration, disks, resumeFrom, clone } = action;
  const { paths, files, log } = machine;
  const room = roomOf(machine, action);
  const spec = { ...machine.spec, room };
  const { firmware } = spec;
  await updateRecord(machine, {
    ...machine.record,
    launch: { spec: machine.spec, acceleration, resumeFrom, room, renewal: clone?.renewal },
  });
  // A guest that boots must not go on another time from what it had in its memory before.
  if (resumeFrom === undefined) await forgetMemory(spec.disks);
  await forgetPassingMemories(spec.disks);
  machine.hasNoPassingMemory = true;
  const uefi = firmware?.bootloader === 'uefi' ? uefiFiles(firmware, paths.uefi) : undefined;
  const accelerator = acceleration.type;
  const named = await Promise.all(disks.map((disk) => lastinglyNamed(disk, spec)));
  const input = { spec, accelerator, disks: named, files, uefi, podNetwork: await podNetwork(spec) };
  const resumes = resumeFrom !== undefined;
  await handOver(files, {
    qemu: qemuArguments({ ...input, resumes, mappedMemory: mappedMemory(action) }),
    ...(firmware?.tpm && { tpm: swtpmArguments(tpmState(firmware), files) }),
  });
  log.info({ uptime: Math.round(performance.now()), acceleration: acceleration.type }, 'QEMU may start');
}

/** A guest that was not suspended but copied, or set back, is told so by another generation. */
function roomOf({ spec }: Machine, { room, isCopy }: Launch): MachineRoom {
  if (!room) return machineRoom(spec);
  return isCopy && room.generation !== undefined ? { ...room, generation: randomUUID() } : room;
}

function mappedMemory({ resumeFrom, clone }: Launch): MappedMemory | undefined {
  if (resumeFrom === undefined || !clone) return undefined;
  return { file: memoryFiles(resumeFrom, RESUME).state, offset: clone.memoryOffset };
}

function lastinglyNamed(attached: AttachedDisk, spec: MachineSpec): Promise<AttachedDisk> {
  const disk = spec.disks.find(({ name }) => name === attached.name);
  if (!disk) throw new Error(`disk ${attached.name} is not in the spec`);
  return isSharedWithSource(spec, disk) ? withSharedName(attached, disk) : withLastingName(attached, disk);
}
