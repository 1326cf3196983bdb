/** What the guest should do. With `Always` and `Halted` spec says so; a pause and all else are the last request's. */
import { runStrategyOf, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { Observed } from '../observed.ts';
import { isFinished } from '../pod/end-of-pod.ts';
import { isAtWork } from '../../vm-operation/at-work.ts';

export interface Power {
  readonly desired: 'On' | 'Off' | 'Paused';
  /** RFC 3339. */
  readonly since: string;
  /** `spec`, `guest`, or the name of the operation that asked. */
  readonly by: string;
}
type Request = Omit<Power, 'since'>;

export function wantedPower(observed: Pick<Observed, 'vm' | 'operations' | 'pods'>, now: Date): Power {
  const before = observed.vm.status?.power;
  const request = requestedPower(observed);
  if (before?.desired === request.desired && (before.by === request.by || request.by === 'spec')) {
    return before;
  }
  return { ...request, since: now.toISOString() };
}

function requestedPower(observed: Pick<Observed, 'vm' | 'operations' | 'pods'>): Request {
  const { vm, operations } = observed;
  const strategy = runStrategyOf(vm.spec);
  switch (strategy) {
    case 'Always':
      if (staysOff(vm, operations)) return { desired: 'Off', by: 'guest' };
      return pause(lastRequest(operations) ?? stillPaused(observed)) ?? { desired: 'On', by: 'spec' };
    case 'Halted':
      return { desired: 'Off', by: 'spec' };
    case 'Manual':
    case 'RerunOnFailure':
      return lastRequest(operations) ?? lastPower(observed) ?? initial(strategy);
  }
}

function pause(request: Request | undefined): Request | undefined {
  return request?.desired === 'Paused' ? request : undefined;
}

/** A pause is of one run of the guest: what starts in the next pod runs. */
function stillPaused({ vm, pods }: Pick<Observed, 'vm' | 'pods'>): Request | undefined {
  const power = vm.status?.power;
  const stands = pods.some(
    (pod) => pod.metadata.name === vm.status?.podName && !pod.metadata.deletionTimestamp && !isFinished(pod),
  );
  return power?.desired === 'Paused' && stands ? power : undefined;
}

function lastPower(observed: Pick<Observed, 'vm' | 'pods'>): Request | undefined {
  const power = observed.vm.status?.power;
  if (power?.desired !== 'Paused') return power;
  return stillPaused(observed) ?? { ...power, desired: 'On' };
}

/** The guest powered itself down and its restart policy leaves it so, until spec changes or somebody starts it. */
function staysOff({ status, metadata }: VirtualMachine, operations: readonly VMOperation[]): boolean {
  const isUnchanged = status?.observedGeneration === metadata.generation;
  return status?.power?.by === 'guest' && isUnchanged && lastRequest(operations)?.desired !== 'On';
}

function initial(strategy: 'Manual' | 'RerunOnFailure'): Request {
  return { desired: strategy === 'Manual' ? 'Off' : 'On', by: 'spec' };
}

const DESIRED: Partial<Record<VMOperation['spec']['operation'], Power['desired']>> = {
  start: 'On',
  restart: 'On',
  resume: 'On',
  stop: 'Off',
  pause: 'Paused',
};

function lastRequest(operations: readonly VMOperation[]): Request | undefined {
  const request = operations.findLast((operation) => desiredBy(operation) !== undefined);
  const desired = request && desiredBy(request);
  return desired && { desired, by: request.metadata.name };
}

/** One that is being undone asks for what was before it. */
function desiredBy({ spec, status }: VMOperation): Power['desired'] | undefined {
  const desired = DESIRED[spec.operation];
  if (desired && status?.ending) return status.fromPower;
  return isAtWork({ status }) ? desired : undefined;
}
