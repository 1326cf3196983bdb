import * as z from 'zod';
import type { MachineSpec } from './spec.ts';
import { bytes } from './units.ts';

/** What a guest that was stopped at one instant sees of its machine: it can go on in one that is the same in all of it. */
export const MachineShape = z.object({
  uuid: z.string(),
  machineType: z.string(),
  cpus: z.int().positive(),
  memory: bytes,
  firmware: z.string(),
  /** In the order in which the machine has them, with what kind of device each is. */
  disks: z.array(z.string()),
  networks: z.array(z.string()),
  seed: z.boolean(),
  guestAgent: z.boolean(),
});

/** A guest's memory and devices at one instant, in a file of one of its disks' volumes. */
export const SavedMemory = z.object({
  /** Whose volume it is in. */
  disk: z.string(),
  file: z.string(),
  /** That it takes in the volume. */
  bytes,
  qemuVersion: z.string(),
  acceleration: z.enum(['kvm', 'tcg']),
  shape: MachineShape,
});

/** Names a guest's saved memory in the volume: of a snapshot's layers of this id. */
export const memoryName = (id: string): string => `memory-${id}`;

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
    networks: networks.map(({ name, binding, mac }) => `${name}:${binding}:${mac}`),
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

const words = (value: MachineShape[keyof MachineShape]): string =>
  Array.isArray(value) ? value.join(', ') || 'none' : String(value);

export type MachineShape = z.infer<typeof MachineShape>;
export type SavedMemory = z.infer<typeof SavedMemory>;
