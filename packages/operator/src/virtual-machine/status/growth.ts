/** What is told of disks that grow, or should shrink. */
import type { VirtualMachine, VirtualMachineStatus } from '@hypersdk/api';
import { compareQuantities, inOneWord } from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import { growths } from '../disks/growth.ts';
import type { Observed } from '../observed.ts';
import type { PlannedEvent } from '../plan/actions.ts';
import { heldSize } from '../size/held-size.ts';
import { liveDisks } from './disk-changes.ts';

type Changes = NonNullable<VirtualMachineStatus['restartAwaitingChanges']>;
type Disks = VirtualMachineStatus['disks'];

const TYPE = 'DiskReady';
const GROWING = 'Growing';
const NOT_GROWN = 'FileSystemNotGrown';
const SHRINKING = 'CannotShrink';
/** Reasons that somebody has to act upon. */
const TROUBLES = ['ExpansionNotSupported', 'ExpansionFailed', 'ClaimTooSmall'];

/** Undefined while every disk is as large as spec asks, and not larger. */
export function growthCondition(observed: Observed, disks: Disks): Update | undefined {
  const found = growths(observed);
  const refused = found.map(({ growth }) => growth).find((growth) => growth.type === 'refused');
  if (refused) return { type: TYPE, status: 'False', reason: refused.reason, message: refused.message };
  for (const { disk, growth } of found) {
    if (growth.type === 'awaited') return growing(growth.message);
    if (growth.type === 'wanted') return growing(`disk ${disk.name} asks for a volume of ${growth.size}`);
    const now = disks?.find(({ name, progress }) => name === disk.name && progress === undefined)?.size;
    const isSmaller = disk.device === 'disk' && now !== undefined && compareQuantities(now, disk.size) < 0;
    if (isSmaller) return growing(`disk ${disk.name} grows from ${now} to ${disk.size}`);
  }
  return shrinking(observed.vm, disks);
}

/** By the VM's own spec: a template's sizes are a wish for VMs to come. */
function shrinking({ status, ...vm }: VirtualMachine, disks: Disks): Update | undefined {
  const seen = { ...vm, status: { ...status, disks } };
  for (const disk of inOneWord(vm.spec).disks ?? []) {
    const held = heldSize(seen, disk);
    if (held === undefined) continue;
    const message = `disk ${disk.name} has ${held} and cannot shrink to ${disk.size ?? ''}: set its size to ${held} or more`;
    return { type: TYPE, status: 'False', reason: SHRINKING, message };
  }
  return undefined;
}

/** The disks are as large as spec asks, and the guest has not taken all of it up. */
export function fileSystemCondition(disks: Disks): Update | undefined {
  const problem = disks?.find(({ fileSystemProblem }) => fileSystemProblem !== undefined)?.fileSystemProblem;
  return problem === undefined
    ? undefined
    : { type: TYPE, status: 'True', reason: NOT_GROWN, message: problem };
}

function growing(message: string): Update {
  return { type: TYPE, status: 'False', reason: GROWING, message };
}

export function waitsForGrowth({ status }: VirtualMachine): boolean {
  return status?.conditions?.some(({ type, reason }) => type === TYPE && TROUBLES.includes(reason)) ?? false;
}

/** Growths that a restart would bring about, because the volume has to be mounted anew. */
export function growthsAwaitingRestart(observed: Observed, disks: Disks): Changes {
  return growths(observed).flatMap(({ disk, growth }) => {
    if (growth.type !== 'awaited' || !growth.needsRestart) return [];
    const now = disks?.find(({ name }) => name === disk.name)?.size ?? '0';
    return [{ field: `disks[${disk.name}].size`, now, wanted: disk.size }];
  });
}

/** Disks that have grown under the running guest. */
function grownLive(vm: VirtualMachine, status: VirtualMachineStatus) {
  const disks = liveDisks(vm, status);
  return (disks?.after ?? []).flatMap(({ name, size = '0' }) => {
    const old = disks?.before.find((disk) => disk.name === name)?.size;
    return old !== undefined && compareQuantities(old, size) < 0 ? [{ name, old, size }] : [];
  });
}

export function growthEvents(vm: VirtualMachine, status: VirtualMachineStatus): PlannedEvent[] {
  const grown = grownLive(vm, status).map(({ name, old, size }) => {
    const message = `Disk ${name} has grown from ${old} to ${size} under the running guest`;
    return { type: 'Normal', reason: 'DiskGrown', message } as const;
  });
  const now = status.conditions?.find(({ type }) => type === TYPE);
  const before = vm.status?.conditions?.find(({ type }) => type === TYPE);
  const isTold = now && [...TROUBLES, SHRINKING, NOT_GROWN].includes(now.reason);
  if (!isTold || before?.reason === now.reason) return grown;
  return [...grown, { type: 'Warning', reason: now.reason, message: now.message }];
}
