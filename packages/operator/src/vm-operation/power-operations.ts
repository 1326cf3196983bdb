/** Start, stop and restart: what each writes of the VM's spec, and when it is done. */
import { isConditionTrue, runStrategyOf, type VirtualMachine, type VirtualMachineSpec } from '@hypersdk/api';

export type SpecPatch = Pick<VirtualMachineSpec, 'running' | 'runStrategy'>;

export interface PowerOperation {
  readonly name: 'start' | 'stop' | 'restart';
  readonly doing: string;
  readonly done: string;
  /** Undefined where spec leaves power to operations, or says already what is asked. */
  readonly patch: (spec: VirtualMachineSpec) => SpecPatch | undefined;
  readonly isDone: (vm: VirtualMachine, fromEpoch: number) => boolean;
}

export const powerOperations: Readonly<Record<PowerOperation['name'], PowerOperation>> = {
  start: {
    name: 'start',
    doing: 'Starting the guest',
    done: 'The guest is running',
    patch: (spec) => powerPatch(spec, true),
    isDone: isRunning,
  },
  stop: {
    name: 'stop',
    doing: 'Powering the guest down',
    done: 'The guest is off',
    patch: (spec) => powerPatch(spec, false),
    isDone: ({ status, metadata }) =>
      status?.phase === 'Stopped' && status.observedGeneration === metadata.generation,
  },
  restart: {
    name: 'restart',
    doing: 'Restarting the guest',
    done: 'The guest runs anew',
    patch: (spec) => powerPatch(spec, true),
    isDone: (vm, fromEpoch) => isRunning(vm) && (vm.status?.epoch ?? 0) > fromEpoch,
  },
};

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
