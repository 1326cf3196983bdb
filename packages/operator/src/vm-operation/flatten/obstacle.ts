import { servedDisk, servedElsewhere } from '../clone/served-disk.ts';
import type { ObservedFlatten } from './observed.ts';

/** Why the disks cannot be flattened as it is asked for, with what to do about it. */
export function flattenObstacle({ vm, disks, operation, snapshots }: ObservedFlatten): string | undefined {
  if (snapshots.length > 0) {
    return `VMSnapshots need what the disks stand on: ${snapshots.join(', ')}. Delete them first`;
  }
  if ('problem' in disks) return disks.problem;
  const names = operation.spec.flattenSpec?.disks ?? [];
  const unknown = names.find((name) => !disks.some((disk) => disk.name === name));
  if (unknown !== undefined) {
    return `the VM has no disk ${unknown}; it has ${disks.map(({ name }) => name).join(', ')}`;
  }
  const phase = vm?.status?.phase ?? 'Pending';
  if (phase === 'Stopped') return undefined;
  if (phase === 'Running' || phase === 'Paused') {
    const served = vm && servedDisk(vm, names);
    return served === undefined ? undefined : servedElsewhere(served);
  }
  return `VirtualMachine ${vm?.metadata.name ?? ''} is ${phase}: stop or start it first`;
}
