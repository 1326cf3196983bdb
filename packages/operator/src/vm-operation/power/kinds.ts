/** Operations on power: what each writes of the VM's spec, and when it is done. */
import {
  isConditionTrue,
  type ChangedFields,
  type Operation,
  type VirtualMachine,
  type VMOperationStatus,
} from '@hypersdk/api';
import { checked, type OperationKind } from '../kind.ts';
import type { ObservedOperation } from '../observed.ts';
import { powerChange } from './change.ts';

type Power = 'start' | 'stop' | 'restart' | 'reset' | 'pause' | 'resume';

interface PowerOperation {
  readonly doing: string;
  readonly done: string;
  readonly change?: (spec: VirtualMachine['spec']) => ChangedFields | undefined;
  /** Something is asked of a guest, which has to be there. */
  readonly needsGuest?: true;
  readonly isDone: (vm: VirtualMachine, begun: Begun) => boolean;
  readonly supersededBy: readonly Operation[];
  readonly sparesDisks?: true;
}

/** The operation's uid, and its status. */
type Begun = Pick<VMOperationStatus, 'fromEpoch'> & { readonly uid: string | undefined };

const operations: Readonly<Record<Power, PowerOperation>> = {
  start: {
    doing: 'Starting the guest',
    done: 'The guest is running',
    change: (spec) => powerChange(spec, true),
    isDone: isRunning,
    supersededBy: ['stop', 'delete'],
  },
  stop: {
    doing: 'Powering the guest down',
    done: 'The guest is off',
    change: (spec) => powerChange(spec, false),
    isDone: ({ status, metadata }) =>
      status?.phase === 'Stopped' && status.observedGeneration === metadata.generation,
    supersededBy: ['start', 'delete'],
  },
  restart: {
    doing: 'Restarting the guest',
    done: 'The guest runs anew',
    change: (spec) => powerChange(spec, true),
    isDone: runsAnew,
    supersededBy: ['delete'],
  },
  reset: {
    doing: 'Resetting the guest',
    done: 'The guest was reset',
    needsGuest: true,
    isDone: (vm, begun) => isCarriedOut(vm, begun) || runsAnew(vm, begun),
    supersededBy: ['stop', 'restart', 'delete'],
  },
  pause: {
    doing: 'Pausing the guest',
    done: 'The guest is paused',
    needsGuest: true,
    isDone: ({ status }) => status?.phase === 'Paused' && status.power?.desired === 'Paused',
    supersededBy: ['resume', 'stop', 'restart', 'delete'],
    sparesDisks: true,
  },
  resume: {
    doing: 'Resuming the guest',
    done: 'The guest goes on',
    needsGuest: true,
    isDone: (vm, begun) => (isRunning(vm) && isCarriedOut(vm, begun)) || runsAnew(vm, begun),
    supersededBy: ['pause', 'stop', 'restart', 'delete'],
    sparesDisks: true,
  },
};

export const powerKinds: Readonly<Record<Power, OperationKind>> = {
  start: kindOf('start'),
  stop: kindOf('stop'),
  restart: kindOf('restart'),
  reset: kindOf('reset'),
  pause: kindOf('pause'),
  resume: kindOf('resume'),
};

/** What it asks for is the VM's own reconcile to bring about: it only waits. */
function kindOf(step: Power): OperationKind {
  const { doing, done, change, needsGuest, isDone, supersededBy, sparesDisks } = operations[step];
  return {
    ...{ doing, supersededBy },
    ...(change && { change }),
    ...(sparesDisks && { sparesDisks }),
    observe: (_context, observed): ObservedOperation => observed,
    preflight: ({ vm }) => (needsGuest ? checked(vm, { guest: guestIsOff }) : []),
    next: ({ observed: { vm, operation }, status: { fromEpoch } }) =>
      isDone(vm, { uid: operation.metadata.uid, fromEpoch })
        ? { type: 'done', message: done }
        : { type: 'waiting', step, message: doing },
  };
}

function isCarriedOut({ status }: VirtualMachine, { uid }: Begun): boolean {
  return status?.lastRequest === uid;
}

/** In another pod, whoever saw to that; what was asked of the guest before it is past. */
function runsAnew(vm: VirtualMachine, { fromEpoch = 0 }: Begun): boolean {
  return isRunning(vm) && (vm.status?.epoch ?? 0) > fromEpoch;
}

export function guestIsOff({ metadata, status }: VirtualMachine): string | undefined {
  if (status?.phase === 'Running' || status?.phase === 'Paused') return undefined;
  return `VirtualMachine ${metadata.name} does not run, it is ${status?.phase ?? 'Pending'}: start it first`;
}

function isRunning({ status, metadata }: VirtualMachine): boolean {
  return isConditionTrue(status?.conditions, 'Running') && status?.observedGeneration === metadata.generation;
}
