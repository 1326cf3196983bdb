import { formatBytes, parseBytes, type EffectiveSpec, type SavedMemory } from '@hypersdk/api';
import { DEFAULT_ROOT } from '../../virtual-machine/disks/root-image.ts';

/** The machine that spec asks for, in what the operator knows of it before there is one. */
export interface WantedShape extends Pick<SavedMemory['shape'], 'cpus' | 'memory' | 'machineType'> {
  /** Names. */
  readonly disks: readonly string[];
  readonly networks: readonly string[];
}

export function wantedShape({ cpus, memory, machineType, disks, networks }: EffectiveSpec): WantedShape {
  return {
    ...{ cpus, memory: parseBytes(memory), machineType },
    disks: disks.length > 0 ? disks.map(({ name }) => name) : [DEFAULT_ROOT],
    networks: networks.map(({ name }) => name),
  };
}

/** By the fields of spec, for people; none where the machine is as the saved guest needs it. */
export function shapeDifferences({ shape }: SavedMemory, wanted: WantedShape): string[] {
  const [then, now] = [
    words({ ...shape, disks: shape.disks.map(nameOf), networks: shape.networks.map(nameOf) }),
    words(wanted),
  ];
  return FIELDS.filter((field) => then[field] !== now[field]).map(
    (field) => `${field} was ${then[field]} and is ${now[field]}`,
  );
}

const FIELDS = ['cpus', 'memory', 'machineType', 'disks', 'networks'] as const;

function words({
  cpus,
  memory,
  machineType,
  disks,
  networks,
}: WantedShape): Record<(typeof FIELDS)[number], string> {
  const list = (names: readonly string[]): string => [...names].sort().join(', ') || 'none';
  return {
    ...{ cpus: String(cpus), memory: formatBytes(memory), machineType },
    ...{ disks: list(disks), networks: list(networks) },
  };
}

/** A shape tells of a device's name first. */
const nameOf = (device: string): string => device.split(':')[0] ?? '';
