/** Whether the guest should run. With `Always` and `Halted` spec says so; otherwise the last request does. */
import { runStrategyOf, type VirtualMachine, type VMOperation } from '@hypersdk/api';

export interface Power {
  readonly desired: 'On' | 'Off';
  /** RFC 3339. */
  readonly since: string;
  /** `spec`, `guest`, or the name of the operation that asked. */
  readonly by: string;
}

export function wantedPower(vm: VirtualMachine, operations: readonly VMOperation[], now: Date): Power {
  const before = vm.status?.power;
  const request = requestedPower(vm, operations);
  if (before?.desired === request.desired && (before.by === request.by || request.by === 'spec')) {
    return before;
  }
  return { ...request, since: now.toISOString() };
}

function requestedPower(vm: VirtualMachine, operations: readonly VMOperation[]): Omit<Power, 'since'> {
  const strategy = runStrategyOf(vm.spec);
  switch (strategy) {
    case 'Always':
      return staysOff(vm, operations) ? { desired: 'Off', by: 'guest' } : { desired: 'On', by: 'spec' };
    case 'Halted':
      return { desired: 'Off', by: 'spec' };
    case 'Manual':
    case 'RerunOnFailure':
      return lastRequest(operations) ?? vm.status?.power ?? initial(strategy);
  }
}

/** The guest powered itself down and its restart policy leaves it so, until spec changes or somebody starts it. */
function staysOff({ status, metadata }: VirtualMachine, operations: readonly VMOperation[]): boolean {
  const isUnchanged = status?.observedGeneration === metadata.generation;
  return status?.power?.by === 'guest' && isUnchanged && lastRequest(operations)?.desired !== 'On';
}

function initial(strategy: 'Manual' | 'RerunOnFailure'): Omit<Power, 'since'> {
  return { desired: strategy === 'Manual' ? 'Off' : 'On', by: 'spec' };
}

function lastRequest(operations: readonly VMOperation[]): Omit<Power, 'since'> | undefined {
  const request = operations.findLast(
    ({ spec, status }) => status?.phase === 'Running' && isPowerRequest(spec.operation),
  );
  if (!request) return undefined;
  return { desired: request.spec.operation === 'stop' ? 'Off' : 'On', by: request.metadata.name };
}

function isPowerRequest(operation: VMOperation['spec']['operation']): boolean {
  return operation === 'start' || operation === 'stop' || operation === 'restart';
}
