import { hasContent } from '../virtual-machine/disks/claims.ts';
import { deepDisk } from '../virtual-machine/disks/deep-disk.ts';
import type { ObservedSnapshot } from './observed.ts';
import { isBeingMade } from './of-vm.ts';
import { isUnderWay, restoredSnapshot } from '../vm-operation/at-work.ts';

/** Why no snapshot can be made as it is asked for, with what to do about it. */
export function snapshotObstacle({
  snapshot,
  vm,
  disks,
}: Pick<ObservedSnapshot, 'snapshot' | 'vm' | 'disks'>): string | undefined {
  const name = `VirtualMachine ${snapshot.spec.vmRef.name}`;
  if (snapshot.spec.method === 'volume')
    return 'method volume is not implemented in this version: use method disk';
  if (!vm) return undefined;
  if (vm.metadata.deletionTimestamp) return `${name} is being deleted`;
  if ('problem' in disks) return disks.problem;
  const block = disks.find(({ volumeMode }) => volumeMode === 'Block');
  if (block) return `disk ${block.name} is a block volume, which holds no layers`;
  const deep = deepDisk(vm);
  if (deep !== undefined) return deep;
  const unmade = disks.find((disk) => !hasContent(vm, disk));
  return unmade && `disk ${unmade.name} of ${name} has not been made yet: start the VM once`;
}

const BUSY = ['clone', 'flatten', 'restore', 'migrate'] as const;

/** What is to be waited for before anything is begun. */
export function waitsFor({ snapshot, vm, family, operations }: ObservedSnapshot): string | undefined {
  if (!vm) return `VirtualMachine ${snapshot.spec.vmRef.name} does not exist: create it, and it is taken`;
  const busy = operations.find(
    (operation) =>
      (BUSY.some((kind) => kind === operation.spec.operation) && isUnderWay(operation)) ||
      restoredSnapshot(operation) !== undefined,
  );
  if (busy) return `Waiting for operation ${busy.metadata.name}`;
  const others = family.filter(({ metadata }) => metadata.uid !== snapshot.metadata.uid);
  const made = others.find((other) => isBeingMade(other)) ?? earlier(snapshot, family);
  if (made) return `Waiting for VMSnapshot ${made.metadata.name}`;
  const phase = vm.status?.phase ?? 'Pending';
  if (phase === 'Running' || phase === 'Paused' || phase === 'Stopped') return undefined;
  return `VirtualMachine ${vm.metadata.name} is ${phase}: the snapshot is taken when it runs or is off`;
}

function earlier(snapshot: ObservedSnapshot['snapshot'], family: ObservedSnapshot['family']) {
  const at = family.findIndex(({ metadata }) => metadata.uid === snapshot.metadata.uid);
  return family
    .slice(0, Math.max(at, 0))
    .find(
      ({ status, metadata }) => !metadata.deletionTimestamp && (status?.phase ?? 'Pending') === 'Pending',
    );
}
