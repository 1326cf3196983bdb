import type { VirtualMachine } from '@hypersdk/api';
import type { Plan } from './actions.ts';
import type { Observed } from '../observed.ts';
import { stopGrace, waitForEnd } from './stop.ts';
import type { Power } from './power.ts';
import { epochOf } from '../pod/epoch.ts';

/** Whoever holds a VM that is to go, as a deletion in the foreground does, sees its guest power down. */
export function planDeletion(observed: Observed, now: Date): Plan {
  const { vm, pods } = observed;
  // The one that runs is told of; what else may be left goes beside it.
  const [pod] = [...pods].sort((a, b) => epochOf(b) - epochOf(a));
  // Nothing is written to an object that is about to go.
  if (!pod) return { actions: [], events: [], status: vm.status ?? {} };
  const told = waitForEnd(observed, pod, offFrom(vm, now), now, deleting);
  const standing = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  const deletions = standing.map(
    (each) => ({ type: 'deletePod', pod: each, ...stopGrace(observed) }) as const,
  );
  return { ...told, actions: [...deletions, ...told.actions] };
}

const deleting = {
  phase: 'Stopping',
  reason: 'Deleting',
  message: 'Waiting for the guest to power down',
  progress: 'progressing',
} as const;

/** Since the first look at the deletion: a new time at each one would be a new status at each one. */
function offFrom({ status, metadata }: VirtualMachine, now: Date): Power {
  if (status?.power?.desired === 'Off') return status.power;
  return { desired: 'Off', since: metadata.deletionTimestamp ?? now.toISOString(), by: 'spec' };
}
