/** Where the claims of a clone's source and of the clone are in the pods that copy. */
import { MachinePaths, type MachineVolume } from '@hypersdk/api';
import { baseVolume, claimVolume } from '../../virtual-machine/pod/volumes.ts';
import type { Work } from '../../worker/worker-pod.ts';
import type { ClonedDisk } from './disks.ts';

export type Storage = Required<Pick<Work, 'mounts' | 'devices' | 'volumes'>>;
type Source = ClonedDisk['source'];

/** The source's disks, and claims below them. */
export function sourceStorage(
  disks: readonly ClonedDisk[],
  below: readonly string[],
  access: { readonly readOnly: boolean },
): Storage {
  const claims = disks.map(({ source: { claimName, volumeMode } }) => ({
    ...{ name: baseVolume(claimName), claimName, path: sourcePath(claimName), volumeMode },
  }));
  const { mounts, devices, volumes } = storage(claims, access);
  return {
    devices,
    mounts: [
      ...mounts,
      ...below.map((claim) => ({ name: baseVolume(claim), mountPath: sourcePath(claim), readOnly: true })),
    ],
    volumes: [...volumes, ...below.map((claim) => claimVolume(baseVolume(claim), claim, true))],
  };
}

/** The clone's. */
export function targetStorage(disks: readonly ClonedDisk[]): Storage {
  const claims = disks.map(({ source: { name, volumeMode }, claimName }) => ({
    ...{ name: `clone-${name}`, claimName, path: targetPath(name), volumeMode },
  }));
  return storage(claims, { readOnly: false });
}

/** Where a copier has the state of the source's firmware, and the clone's. */
export const FIRMWARE = {
  from: `${MachinePaths.firmwareState}/source`,
  to: `${MachinePaths.firmwareState}/clone`,
} as const;

export function firmwareStorage({ source, claimName }: ClonedDisk): Pick<Storage, 'mounts' | 'volumes'> {
  const [from, to] = ['firmware-source', 'firmware-clone'] as const;
  return {
    mounts: [
      { name: from, mountPath: FIRMWARE.from, readOnly: true },
      { name: to, mountPath: FIRMWARE.to },
    ],
    volumes: [claimVolume(from, source.claimName, false), claimVolume(to, claimName, false)],
  };
}

interface Claim {
  readonly name: string;
  readonly claimName: string;
  readonly path: string;
  readonly volumeMode: Source['volumeMode'];
}

function storage(claims: readonly Claim[], { readOnly }: { readonly readOnly: boolean }): Storage {
  const files = claims.filter(({ volumeMode }) => volumeMode === 'Filesystem');
  const blocks = claims.filter(({ volumeMode }) => volumeMode === 'Block');
  return {
    mounts: files.map(({ name, path }) => ({ name, mountPath: path, ...(readOnly && { readOnly }) })),
    devices: blocks.map(({ name, path }) => ({ name, devicePath: path })),
    volumes: claims.map(({ name, claimName }) => claimVolume(name, claimName, false)),
  };
}

export const sourceVolume = (source: Source): MachineVolume => volume(source, sourcePath(source.claimName));
export const targetVolume = (source: Source): MachineVolume => volume(source, targetPath(source.name));

function volume({ volumeMode }: Source, path: string): MachineVolume {
  return volumeMode === 'Block' ? { type: 'block', device: path } : { type: 'filesystem', directory: path };
}

/** Where a pod that has an overlay looks for what it stands on. */
export const sourcePath = (claim: string): string => `${MachinePaths.images}/${claim}`;
export const targetPath = (disk: string): string => `${MachinePaths.volumes}/${disk}`;
