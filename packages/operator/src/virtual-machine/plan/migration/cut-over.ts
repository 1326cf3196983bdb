import type { VirtualMachineStatus } from '@hypersdk/api';
import type { Observed } from '../../observed.ts';
import { isBeingStarted } from '../../pod/end-of-pod.ts';
import { hasArrived, lastWord, migrationIn } from './outgoing.ts';

/**
 * The VM as it is once its guest has run in the target's pod: that pod is its own, if it is still there, and the disks are
 * where they were sent, whatever became of the guest. The launchers have decided it among themselves; the status that
 * follows says so, by optimistic lock.
 */
export function afterCutOver(observed: Observed): Observed {
  const { vm, target, targetMachine, machine } = observed;
  const { migration } = vm.status ?? {};
  if (!migration || migration.phase === 'Succeeded' || !hasArrived(observed, migration.operation))
    return observed;
  // Launchers are quicker than kubelets: until its pod has an address nobody would know where the guest is.
  if (target && isBeingStarted(target)) return observed;
  const isLost = migration.postCopy?.used && endedIncomplete(observed);
  const node = target?.spec?.nodeName ?? migration.targetNode ?? '';
  const measured = migrationIn(machine, migration.operation)?.downtimeMilliseconds;
  const status: VirtualMachineStatus = {
    ...vm.status,
    epoch: migration.epoch,
    podName: target?.metadata.name,
    movedDisks: movedDisks(vm.status ?? {}, migration),
    migration: {
      ...migration,
      phase: 'Succeeded',
      progress: 100,
      ...(target && { targetNode: target.spec?.nodeName }),
      message: isLost ? LOST : `The guest runs on node ${node}`,
      ...(isLost && { postCopy: { possible: true, used: true, lost: true } }),
      ...(measured !== undefined && { downtimeMilliseconds: Math.round(measured) }),
    },
  };
  return {
    ...observed,
    vm: { ...vm, status },
    pods: target ? [target] : [],
    machine: targetMachine,
    target: undefined,
    targetMachine: { type: 'none' },
  };
}

const LOST =
  'The guest went before its memory, and not all of that came: it starts anew from its disks, as after a power cut';

/** Its pod is gone, or its QEMU gave up, before all of its memory was there. */
function endedIncomplete({ target, targetMachine }: Observed): boolean {
  if (!target) return true;
  const exit = targetMachine.type === 'state' ? targetMachine.state.exit : lastWord(target)?.exit;
  return exit?.reason === 'qemu-error';
}

function movedDisks(
  { movedDisks: before = [] }: VirtualMachineStatus,
  { disks = [] }: NonNullable<VirtualMachineStatus['migration']>,
): VirtualMachineStatus['movedDisks'] {
  const moved = disks.map(({ name, to }) => ({ name, pvc: to }));
  const others = before.filter(({ name }) => !disks.some((disk) => disk.name === name));
  return moved.length + others.length > 0 ? [...others, ...moved] : undefined;
}
