import * as z from 'zod';
import { MachineRoom } from './room.ts';
import type { MachineSpec } from './spec.ts';
import { bytes } from './units.ts';

/** What a guest that was stopped at one instant sees of its machine: it can go on in one that is the same in all of it. */
export const MachineShape = z.object({
  uuid: z.string().describe('UUID of the machine.'),
  machineType: z.string().describe('Type of the machine.'),
  cpus: z.int().min(1).describe('Virtual CPUs.'),
  memory: bytes.describe('Memory, in bytes.'),
  firmware: z.string().describe('Firmware, with what it has: bios, or uefi+secureBoot+tpm.'),
  disks: z.array(z.string()).describe('Disks and drives, in their order, with the kind of each.'),
  networks: z.array(z.string()).describe('Networks, with binding and MAC address of each.'),
  seed: z.boolean().describe('Whether it has a cloud-init seed.'),
  guestAgent: z.boolean().describe('Whether it has a channel for a guest agent.'),
});

/** A guest's memory and devices at one instant, in a file of one of its disks' volumes. */
export const SavedMemory = z.object({
  disk: z.string().describe('Disk whose volume it is in.'),
  file: z.string().describe('File in the volume.'),
  bytes: bytes.describe('Storage that it takes, in bytes.'),
  qemuVersion: z.string().describe('QEMU that wrote it; one of the same release can read it.'),
  acceleration: z.enum(['kvm', 'tcg']).describe('What executed the guest.'),
  shape: MachineShape.describe('The machine that the guest saw, and needs to go on in.'),
  room: MachineRoom.optional().describe('What that machine had room for; the one that goes on has the same.'),
});

/** Names a guest's saved memory in the volume: of a snapshot's layers of this id. */
export const memoryName = (id: string): string => `memory-${id}`;

/** Names memory that a clone is to take away. */
export const passingMemoryName = (id: string): string => `clone-${id}`;

export function machineShape(spec: Omit<MachineSpec, 'power' | 'epoch'>): MachineShape {
  const { firmware, disks, networks } = spec;
  return {
    uuid: spec.uuid,
    machineType: spec.machineType,
    cpus: spec.cpus,
    memory: spec.memory,
    firmware: [
      firmware?.bootloader ?? 'bios',
      ...(firmware?.secureBoot ? ['secureBoot'] : []),
      ...(firmware?.tpm ? ['tpm'] : []),
    ].join('+'),
    disks: disks.map(({ name, device, bus }) => [name, device, ...(bus ? [bus] : [])].join(':')),
    networks: networks.map(({ name, binding, mac }) => networkShape(name, binding, mac)),
    seed: spec.cloudInit !== undefined,
    guestAgent: spec.guestAgent !== undefined,
  };
}

/** How a machine differs from what a saved guest needs, for people; none where the guest can go on in it. */
export function shapeChanges(saved: MachineShape, wanted: MachineShape): string[] {
  const fields = Object.keys(saved) as (keyof MachineShape)[]; // its own keys and no others, by the schema
  return fields.flatMap((field) => {
    const [then, now] = [saved, wanted].map((shape) => words(shape[field]));
    return then === now ? [] : [`${field} was ${then} and is ${now}`];
  });
}

/** The shape of a machine that differs from another in what it is known by alone. */
export function clonedShape(
  shape: MachineShape,
  { uuid, macs }: { readonly uuid: string; readonly macs: Readonly<Record<string, string>> },
): MachineShape {
  const networks = shape.networks.map(networkOf);
  return {
    ...{ ...shape, uuid },
    networks: networks.map(({ name, binding, mac }) => networkShape(name, binding, macs[name] ?? mac)),
  };
}

/** MAC addresses that the guest of a machine sees, by network. */
export const macsOf = ({ networks }: MachineShape): Record<string, string> =>
  Object.fromEntries(networks.map(networkOf).map(({ name, mac }) => [name, mac]));

const networkShape = (name: string, binding: string, mac: string): string => `${name}:${binding}:${mac}`;

function networkOf(shape: string) {
  const [name = '', binding = '', ...mac] = shape.split(':');
  return { name, binding, mac: mac.join(':') };
}

const words = (value: MachineShape[keyof MachineShape]): string =>
  Array.isArray(value) ? value.join(', ') || 'none' : String(value);

export type MachineShape = z.infer<typeof MachineShape>;
export type SavedMemory = z.infer<typeof SavedMemory>;
