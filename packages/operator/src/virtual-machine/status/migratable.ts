/** What is told of whether the guest could go to another node as it runs. */
import type { OperationCheck, VirtualMachineStatus } from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import { liveObstacles } from '../../vm-operation/migrate/checks.ts';
import type { Movable } from '../../vm-operation/migrate/observed.ts';
import { isHeld } from '../../vm-snapshot/of-vm.ts';
import { servedDisk } from '../attachments/attachments.ts';
import { disksOrProblem } from '../disks/disks.ts';
import type { Observed } from '../observed.ts';
import { isShared } from '../plan/migration/moved-disks.ts';

/** By check. */
const REASONS: Readonly<Record<string, string>> = {
  guest: 'GuestNotRunning',
  changes: 'RestartRequired',
  memory: 'MemoryNotGivenBack',
  disks: 'DisksNotMovable',
  firmware: 'FirmwareNotMovable',
};

/** Of the VM itself: whether another node would take it, the scheduler says when it is asked. */
export function migratable(observed: Observed, status: VirtualMachineStatus): Update {
  const type = 'Migratable';
  if (status.phase === 'Unknown') {
    return { type, status: 'Unknown', reason: 'GuestUnknown', message: 'Its node does not answer' };
  }
  const movable = movableOf(observed, status);
  const [first, ...others] = liveObstacles(movable);
  if (!first) return { type, status: 'True', reason: 'Migratable', message: how(movable) };
  const isOff = first.check === 'guest';
  const told: readonly OperationCheck[] = isOff ? [first] : [first, ...others];
  return {
    ...{ type, status: 'False', reason: REASONS[first.check] ?? 'NotMovable' },
    // What a guest that is off lacks, its start may bring.
    message: isOff ? 'The guest does not run' : told.map(({ reason }) => reason).join('; '),
  };
}

function movableOf(observed: Observed, status: VirtualMachineStatus): Movable {
  const { vm, claims, attachments, snapshots } = observed;
  // On its way it is as movable as before.
  const phase = status.phase === 'Migrating' ? 'Running' : status.phase;
  return {
    vm: { ...vm, status: { ...status, phase } },
    disks: disksOrProblem(observed),
    claims,
    served: attachments.map(servedDisk),
    snapshots: snapshots.filter(isHeld).map(({ metadata }) => metadata.name),
  };
}

function how({ disks, claims }: Movable): string {
  const copied = 'problem' in disks ? [] : disks.filter((disk) => !isShared(disk, claims));
  if (copied.length === 0) return 'The guest can go to another node as it runs; all nodes share its disks';
  const names = copied.map(({ name }) => name).join(', ');
  return `The guest can go to another node as it runs; disks that are copied for it: ${names}`;
}
