/** Operations on power: what each writes of the VM's spec, and when it is done. */
import {
  isConditionTrue,
  runStrategyOf,
  type VirtualMachine,
  type VirtualMachineSpec,
  type VMOperation,
} from '@hypersdk/api';
import type { OperationKind, SpecPatch } from './kinds.ts';

type Power = 'start' | 'stop' | 'restart' | 'reset' | 'pause' | 'resume';

export const powerOperations: Readonly<Record<Power, OperationKind>> = {
  start: {
    doing: 'Starting the guest',
    done: 'The guest is running',
    patch: (spec) => powerPatch(spec, true),
    isDone: isRunning,
    supersededBy: ['stop', 'delete'],
  },
  stop: {
    doing: 'Powering the guest down',
    done: 'The guest is off',
    patch: (spec) => powerPatch(spec, false),
    isDone: ({ status, metadata }) =>
      status?.phase === 'Stopped' && status.observedGeneration === metadata.generation,
    supersededBy: ['start', 'delete'],
  },
  restart: {
    doing: 'Restarting the guest',
    done: 'The guest runs anew',
    patch: (spec) => powerPatch(spec, true),
    isDone: runsAnew,
    supersededBy: ['delete'],
  },
  reset: {
    doing: 'Resetting the guest',
    done: 'The guest was reset',
    obstacle: guestIsOff,
    isDone: (vm, operation) => isCarriedOut(vm, operation) || runsAnew(vm, operation),
    supersededBy: ['stop', 'restart', 'delete'],
  },
  pause: {
    doing: 'Pausing the guest',
    done: 'The guest is paused',
    obstacle: guestIsOff,
    isDone: ({ status }) => status?.phase === 'Paused' && status.power?.desired === 'Paused',
    supersededBy: ['resume', 'stop', 'restart', 'delete'],
  },
  resume: {
    doing: 'Resuming the guest',
    done: 'The guest goes on',
    obstacle: guestIsOff,
    isDone: (vm, operation) => (isRunning(vm) && isCarriedOut(vm, operation)) || runsAnew(vm, operation),
    supersededBy: ['pause', 'stop', 'restart', 'delete'],
  },
};

function isCarriedOut({ status }: VirtualMachine, { metadata }: VMOperation): boolean {
  return status?.lastRequest === metadata.uid;
}

/** In another pod, whoever saw to that; what was asked of the guest before it is past. */
function runsAnew(vm: VirtualMachine, { status }: VMOperation): boolean {
  return isRunning(vm) && (vm.status?.epoch ?? 0) > (status?.fromEpoch ?? 0);
}

function guestIsOff({ metadata, status }: VirtualMachine): string | undefined {
  if (status?.phase === 'Running' || status?.phase === 'Paused') return undefined;
  return `VirtualMachine ${metadata.name} does not run, it is ${status?.phase ?? 'Pending'}: start it first`;
}

/** Written in the words that the spec uses, so that a user finds what he wrote changed and nothing added. */
function powerPatch(spec: VirtualMachineSpec, on: boolean): SpecPatch | undefined {
  switch (runStrategyOf(spec)) {
    case 'Manual':
    case 'RerunOnFailure':
      return undefined;
    case 'Always':
      return on ? undefined : off(spec);
    case 'Halted':
      if (!on) return undefined;
      return spec.runStrategy === undefined ? { running: true } : { runStrategy: 'Always' };
  }
}

function off(spec: VirtualMachineSpec): SpecPatch {
  return spec.runStrategy === undefined ? { running: false } : { runStrategy: 'Halted' };
}

function isRunning({ status, metadata }: VirtualMachine): boolean {
  return isConditionTrue(status?.conditions, 'Running') && status?.observedGeneration === metadata.generation;
}
