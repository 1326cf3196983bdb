import { Finalizers, type VirtualMachine } from '@hypersdk/api';
import type { Plan } from './actions.ts';
import type { Observed } from '../observed.ts';
import { followable, stopGrace } from './stop.ts';
import type { Power } from './power.ts';
import { tell } from '../status/status.ts';

/** The guest goes down first, then the VM; claims and Secrets follow their owner. */
export function planDeletion(observed: Observed, now: Date): Plan {
  const { vm, pods } = observed;
  const power = offFrom(vm, now);
  const message = pods.length > 0 ? 'Waiting for the guest to power down' : 'Gone';
  const outcome = {
    phase: 'Stopping',
    reason: 'Deleting',
    message,
    progress: 'progressing',
    power,
    pod: pods[0],
  } as const;
  const told = tell(observed, outcome, now);
  const running = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  if (running.length > 0) {
    return {
      ...told,
      actions: running.map((pod) => ({ type: 'deletePod', pod, ...stopGrace(observed, pod) })),
      ...followable(observed),
    };
  }
  if (pods.length > 0) return told;
  const isHeld = vm.metadata.finalizers?.includes(Finalizers.virtualMachine);
  // Nothing is written to an object that is about to go.
  return { actions: isHeld ? [{ type: 'removeFinalizer' }] : [], events: [], status: vm.status ?? {} };
}

/** Since the first look at the deletion: a new time at each one would be a new status at each one. */
function offFrom({ status, metadata }: VirtualMachine, now: Date): Power {
  if (status?.power?.desired === 'Off') return status.power;
  return { desired: 'Off', since: metadata.deletionTimestamp ?? now.toISOString(), by: 'spec' };
}
