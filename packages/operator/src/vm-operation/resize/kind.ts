/** Operation resize: spec asks for the new size, and the VM's own reconcile brings it about. */
import { compareQuantities, type ChangedFields, type VMOperation, type VirtualMachine } from '@hypersdk/api';
import { isSuspended } from '../../virtual-machine/plan/suspended.ts';
import { disksAndClaims } from '../clone/observe.ts';
import { checked, type Next, type OperationKind, type Work } from '../kind.ts';
import { disksObstacle, enlargedDisks, smallDisk } from './disks.ts';
import { nodeObstacle, observeNode } from './node-room.ts';
import type { ObservedResize } from './observed.ts';

const STEP = 'resize';

export const resizeKind: OperationKind<ObservedResize> = {
  doing: 'The VM is brought to its new size',
  observe: async (context, observed, signal) => ({
    ...observed,
    node: await observeNode(context, observed, signal),
    ...disksAndClaims(context.caches, observed.vm),
    storageClasses: context.caches.storageClasses.list(),
  }),
  preflight: (observed) =>
    checked(observed, {
      words: otherWords,
      maximum: beyondMaximum,
      memory: suspended,
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
  const { cpus = 0, memory = '0' } = operation.spec.resizeSpec ?? {};
  const { maxCpus = cpus, maxMemory = memory } = vm.spec;
  const name = `VirtualMachine ${vm.metadata.name}`;
  if (cpus > maxCpus) return `${name} has maxCpus ${maxCpus}: raise that first`;
  const isMore = compareQuantities(memory, maxMemory) > 0;
  return isMore ? `${name} has maxMemory ${maxMemory}: raise that first` : undefined;
}

/** What a suspended guest has in its memory goes on in a machine of its size alone. */
function suspended({ operation, vm }: Work<ObservedResize>['observed']): string | undefined {
  if (!sizeChange(operation) || !isSuspended(vm)) return undefined;
  return `VirtualMachine ${vm.metadata.name} is suspended, and its guest can go on in the size that it has alone: start it first`;
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
