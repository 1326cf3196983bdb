import {
  formatBytes,
  layerId,
  type SavedMemory,
  type VirtualMachineStatus,
  type VMSnapshotStatus,
} from '@hypersdk/api';
import type { ObservedSnapshot } from './observed.ts';

type Freeze = NonNullable<VirtualMachineStatus['lastFreeze']>;

export interface Found {
  readonly layers: NonNullable<Freeze['disks']>;
  readonly quiesced: Freeze['quiesced'];
  readonly pauseMilliseconds: number | undefined;
  readonly time: string | undefined;
  readonly memory?: SavedMemory | undefined;
}

/** What is told of a snapshot that was just made. */
export function madeStatus(
  { snapshot, family, disks }: ObservedSnapshot,
  { layers, quiesced, pauseMilliseconds, time, memory }: Found,
  now: Date,
): Partial<VMSnapshotStatus> {
  const sizeBytes = layers.reduce((sum, { bytes }) => sum + bytes, memory?.bytes ?? 0);
  const claimOf = (name: string): string | undefined =>
    'problem' in disks ? undefined : disks.find((disk) => disk.name === name)?.claimName;
  const below = layers[0]?.below ?? [];
  const chain = below.flatMap((id) => {
    const found = family.find(({ metadata }) => layerId(metadata.uid ?? '') === id);
    return found ? [found.metadata.name] : [];
  });
  return {
    ...{ size: formatBytes(sizeBytes), sizeBytes, readyToRestore: true, quiesced },
    creationTime: time ?? now.toISOString(),
    ...(pauseMilliseconds !== undefined && { pauseMilliseconds }),
    disks: layers.map(({ name, file, size }) => ({ name, pvc: claimOf(name), file, size })),
    ...(chain[0] !== undefined && { parentSnapshot: chain[0] }),
    ...(memory && { memory }),
    snapshotChain: [snapshot.metadata.name, ...chain],
  };
}
