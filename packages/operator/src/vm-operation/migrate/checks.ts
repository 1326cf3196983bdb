/** What stands in the way of a migration: looked at before it begins, and told one by one; and, of a VM, at any time. Pure. */
import { keepsState, type OperationCheck, parseBytes, type VirtualMachine } from '@hypersdk/api';
import { areBasesShared, basesBelow, isShared } from '../../virtual-machine/plan/migration/moved-disks.ts';
import { MEMORY_BLOCK } from '../../virtual-machine/size/size.ts';
import { checked } from '../kind.ts';
import { guestIsOff } from '../power/kinds.ts';
import { estimateCheck } from './estimate.ts';
import type { Movable, ObservedMigration } from './observed.ts';

export function migrationChecks(observed: ObservedMigration): OperationCheck[] {
  const ofVm = isLive(observed) ? ofRunningGuest : { guest: isUp, disks: disksAreThere };
  const checks = checked(observed, { ...ofVm, targetNode: nodeTakesIt, parameters: goTogether });
  return [...checks, ...estimateCheck(observed)];
}

/** Why the guest cannot go anywhere as it runs, whatever the other nodes are like; by check. */
export function liveObstacles(movable: Movable): (OperationCheck & { readonly reason: string })[] {
  return checked(movable, ofRunningGuest).flatMap(({ check, ok, reason = '' }) =>
    ok ? [] : [{ check, ok, reason }],
  );
}

// Where there is no VM at all, that is said by a check of its own.
const isUp = ({ vm }: Movable): string | undefined => vm && guestIsOff(vm);

const ofRunningGuest = {
  guest: isUp,
  changes: nothingAwaitsRestart,
  memory: nothingIsGivenBack,
  disks: disksMove,
  firmware: firmwareMoves,
} as const;

const isLive = ({ operation }: ObservedMigration): boolean => operation.spec.migrateSpec?.live ?? true;

function nodeTakesIt({ operation, vm, nodes }: ObservedMigration): string | undefined {
  const name = operation.spec.migrateSpec?.targetNode;
  const current = vm?.status?.nodeName;
  if (name === undefined) {
    const others = nodes.filter(({ metadata, spec }) => metadata.name !== current && !spec?.unschedulable);
    return others.length > 0 ? undefined : 'There is no other node that takes pods';
  }
  if (name === current) return `The guest is on node ${name} already`;
  const node = nodes.find(({ metadata }) => metadata.name === name);
  if (!node)
    return `There is no node ${name}; there are ${nodes.map(({ metadata }) => metadata.name).join(', ')}`;
  if (node.spec?.unschedulable) return `Node ${name} takes no pods: kubectl uncordon ${name}`;
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready && ready.status !== 'True' ? `Node ${name} is not ready: ${ready.message ?? ''}` : undefined;
}

/** The target is made of spec as it is now, and has to be the machine that runs. */
function nothingAwaitsRestart({ vm }: Movable): string | undefined {
  const fields = (vm?.status?.restartAwaitingChanges ?? []).map(({ field }) => field);
  if (fields.length === 0) return undefined;
  return `The running guest lacks changes of ${fields.join(', ')}: restart the VM, or migrate with live: false`;
}

/** The target's pod is as large as spec says. */
function nothingIsGivenBack({ vm }: Movable): string | undefined {
  const { spec, status } = vm ?? {};
  const [wanted, now] = [spec?.memory, status?.resources?.memory];
  if (wanted === undefined || now === undefined) return undefined;
  if (parseBytes(now) - parseBytes(wanted) < MEMORY_BLOCK) return undefined;
  return `The guest has memory ${now} and is to have ${wanted}: it has to give that back first`;
}

const disksAreThere = ({ disks }: Movable): string | undefined =>
  'problem' in disks ? disks.problem : undefined;

function disksMove({ disks, claims, served, snapshots }: Movable): string | undefined {
  if ('problem' in disks) return disks.problem;
  if (served.length > 0)
    return `A pod of its own serves disk ${served.join(', ')} until the VM's next start: restart it`;
  const moved = disks.filter((disk) => !isShared(disk, claims));
  const [first] = moved;
  if (!first) return undefined;
  const given = moved.find(({ isOurs, device }) => !isOurs || device === 'cdrom');
  if (given) {
    return `Disk ${given.name} is in claim ${given.claimName}, which one node at a time can mount and which is not the VM's to replace: use a ReadWriteMany claim, or live: false`;
  }
  const bound = moved.find((disk) => snapshots.length > 0 && !areBasesShared(disk, claims));
  if (bound) {
    const bases = basesBelow(bound, claims).join(', ');
    return `Disk ${bound.name} stands on ${bases}, which one node at a time can mount, and has to keep what it stands on for VMSnapshots ${snapshots.join(', ')}: delete them, or use live: false`;
  }
  return undefined;
}

function firmwareMoves(movable: Movable): string | undefined {
  const { vm } = movable;
  if (!vm || !keepsState(vm.spec.firmware)) return undefined;
  if (vm.spec.firmware.tpm)
    return "The running guest's TPM keeps its state from any other: migrate with live: false";
  if (sharesFirmware(vm, movable)) return undefined;
  return 'The UEFI variables are in a claim that one node at a time can mount: migrate with live: false';
}

function sharesFirmware({ status }: VirtualMachine, { claims }: Movable): boolean {
  const claim = claims.get(status?.firmware?.pvc ?? '');
  return claim?.spec?.accessModes?.includes('ReadWriteMany') ?? false;
}

function goTogether({ operation }: ObservedMigration): string | undefined {
  const { postCopy, parallel = 1 } = operation.spec.migrateSpec ?? {};
  return postCopy && parallel > 1
    ? 'Memory that follows its guest takes one stream: leave out postCopy or parallel'
    : undefined;
}
