/** What is told of disks that come to a running guest and go from it. */
import type { VirtualMachine, VirtualMachineStatus } from '@hypersdk/api';
import type { PlannedEvent } from '../plan/actions.ts';

type Disks = NonNullable<VirtualMachineStatus['disks']>;

/** Disks before and after, of a guest that ran through. */
export function liveDisks(
  { status: before }: VirtualMachine,
  { podName, phase, disks = [] }: VirtualMachineStatus,
): { readonly before: Disks; readonly after: Disks } | undefined {
  const isUp = (found: VirtualMachineStatus['phase']): boolean =>
    found === 'Running' || found === 'Migrating' || found === 'Paused';
  if (!before?.disks || !isUp(before.phase) || !isUp(phase) || before.podName !== podName) return undefined;
  return { before: before.disks, after: disks };
}

/** Whether a disk has come, gone or grown under the running guest. */
export function isReconfigured(vm: VirtualMachine, status: VirtualMachineStatus): boolean {
  const disks = liveDisks(vm, status);
  const shape = (of: Disks): string => JSON.stringify(of.map(({ name, size }) => [name, size]).sort());
  return disks !== undefined && shape(disks.before) !== shape(disks.after);
}

export function pluggingEvents(vm: VirtualMachine, status: VirtualMachineStatus): PlannedEvent[] {
  const disks = liveDisks(vm, status);
  if (!disks) return [];
  const plugged = missing(disks.after, disks.before).map(({ name }) => {
    const message = `Disk ${name} has come to the running guest`;
    return { type: 'Normal', reason: 'DiskPlugged', message } as const;
  });
  const unplugged = missing(disks.before, disks.after).map(({ name, pvc = '' }) => {
    const message = `Disk ${name} was taken off the running guest; its claim ${pvc} and its data stay for as long as the VM, or for good where another VM is given them`;
    return { type: 'Normal', reason: 'DiskUnplugged', message } as const;
  });
  return [...plugged, ...unplugged];
}

/** Those of `disks` that are not among `others`. */
function missing(disks: Disks, others: Disks): Disks {
  return disks.filter(({ name }) => !others.some((other) => other.name === name));
}
