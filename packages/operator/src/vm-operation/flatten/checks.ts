import type { OperationCheck } from '@hypersdk/api';
import { servedDisk, servedElsewhere } from '../clone/served-disk.ts';
import { checked } from '../kind.ts';
import type { ObservedFlatten } from './observed.ts';

export function flattenChecks(observed: ObservedFlatten): OperationCheck[] {
  return checked(observed, { snapshots: snapshotObstacle, disks: diskObstacle, guest: guestObstacle });
}

/** Also of one that was begun at the same time: layers of it that stand below the disks are not flattened. */
export function snapshotObstacle({ snapshots }: Pick<ObservedFlatten, 'snapshots'>): string | undefined {
  if (snapshots.length === 0) return undefined;
  return `VMSnapshots need what the disks stand on: ${snapshots.join(', ')}. Delete them first`;
}

function diskObstacle({ disks, operation }: ObservedFlatten): string | undefined {
  if ('problem' in disks) return disks.problem;
  const names = operation.spec.flattenSpec?.disks ?? [];
  const unknown = names.find((name) => !disks.some((disk) => disk.name === name));
  if (unknown === undefined) return undefined;
  return `the VM has no disk ${unknown}; it has ${disks.map(({ name }) => name).join(', ')}`;
}

function guestObstacle({ vm, operation }: ObservedFlatten): string | undefined {
  const phase = vm?.status?.phase ?? 'Pending';
  if (phase === 'Stopped') return undefined;
  if (phase === 'Running' || phase === 'Paused') {
    const served = vm && servedDisk(vm, operation.spec.flattenSpec?.disks);
    return served === undefined ? undefined : servedElsewhere(served);
  }
  return `VirtualMachine ${vm?.metadata.name ?? ''} is ${phase}: stop or start it first`;
}
