/** Operation resize: spec asks for the new size, and the VM's own reconcile brings it about. */
import type { ChangedFields, VMOperation, VirtualMachine } from '@hypersdk/api';
import { checked, type Next, type OperationKind, type Work } from '../kind.ts';
import type { ObservedOperation } from '../observed.ts';
import { disksObstacle, enlargedDisks, smallDisk } from './disks.ts';
import { nodeObstacle, observeNode, type NodeRoom } from './node-room.ts';

export interface ObservedResize extends ObservedOperation {
  /** Of the node that the guest runs on; undefined of a VM that does not run. */
  readonly node: NodeRoom | undefined;
}

const STEP = 'resize';

export const resizeKind: OperationKind<ObservedResize> = {
  doing: 'The VM is brought to its new size',
  observe: async (context, observed, signal) => ({
    ...observed,
    node: await observeNode(context, observed, signal),
  }),
  preflight: (observed) =>
    checked(observed, {
      words: otherWords,
      maximum: beyondMaximum,
      disks: disksObstacle,
      node: nodeObstacle,
    }),
  supersededBy: ['delete'],
  sparesDisks: true,
  change: (_spec, operation) => sizeChange(operation),
  next,
};

function sizeChange({ spec }: VMOperation): ChangedFields | undefined {
  const { cpus, memory } = spec.resizeSpec ?? {};
  if (cpus === undefined && memory === undefined) return undefined;
  return { ...(cpus !== undefined && { cpus }), ...(memory !== undefined && { memory }) };
}

/** It writes cpus and memory, which say the same thing. */
function otherWords({ operation, vm }: Work<ObservedResize>['observed']): string | undefined {
  const { cpus, memory } = operation.spec.resizeSpec ?? {};
  const { cpu, memoryMiB } = vm.spec.resources ?? {};
  const said = [
    ...(cpus !== undefined && cpu !== undefined ? ['resources.cpu'] : []),
    ...(memory !== undefined && memoryMiB !== undefined ? ['resources.memoryMiB'] : []),
  ].join(' and ');
  if (said === '') return undefined;
  return `VirtualMachine ${vm.metadata.name} says its size by ${said}: change that, or write cpus and memory instead`;
}

/** What the API server would refuse is said before anything else is done. */
function beyondMaximum({ operation, vm }: Work<ObservedResize>['observed']): string | undefined {
  const { cpus } = operation.spec.resizeSpec ?? {};
  const { maxCpus } = vm.spec;
  if (cpus === undefined || maxCpus === undefined || cpus <= maxCpus) return undefined;
  return `VirtualMachine ${vm.metadata.name} has maxCpus ${maxCpus}: raise that first`;
}

function next({ observed: { operation, vm } }: Work<ObservedResize>): Next {
  const disks = operation.spec.resizeSpec?.disks ?? [];
  const enlarged = enlargedDisks(vm, disks);
  if (enlarged) return { type: 'waiting', step: STEP, actions: [{ type: 'growDisks', vm, disks: enlarged }] };
  if (vm.status?.observedGeneration !== vm.metadata.generation) return { type: 'waiting', step: STEP };
  const { status, reason, message } = conditionOf(vm) ?? {};
  const isRefused = status === 'False' && reason !== 'Reconfigured';
  if (isRefused || reason === 'Deferred') return { type: 'failed', message: message ?? '' };
  if (status === 'True') return { type: 'waiting', step: STEP, message: message ?? '' };
  const small = smallDisk(vm, disks);
  if (small) return { type: 'waiting', step: STEP, message: `Disk ${small.name} grows to ${small.size}` };
  return { type: 'done', message: doneMessage(vm) };
}

function conditionOf({ status }: VirtualMachine) {
  return status?.conditions?.find(({ type }) => type === 'Reconfiguring');
}

function doneMessage({ status }: VirtualMachine): string {
  const fields = (status?.restartAwaitingChanges ?? []).map(({ field }) => field).join(', ');
  if (fields !== '') return `The next start of the VM brings: ${fields}`;
  return status?.podName === undefined
    ? 'The next start of the VM brings its new size'
    : 'The VM has its new size';
}
