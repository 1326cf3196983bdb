/** Operation suspend: the guest's memory goes to its disk's volume, and the guest is off until a start has it go on. Pure. */
import type { VirtualMachine } from '@hypersdk/api';
import { isSuspended } from '../../virtual-machine/plan/suspended.ts';
import { checked, type Next, type OperationKind } from '../kind.ts';
import type { ObservedOperation } from '../observed.ts';
import { powerChange } from '../power/change.ts';
import { guestIsOff } from '../power/kinds.ts';

const DOING = "Saving the guest's memory";

export const suspendKind: OperationKind = {
  doing: DOING,
  observe: (_context, observed): ObservedOperation => observed,
  preflight: ({ vm }) => checked(vm, { guest: guestIsOff }),
  supersededBy: ['delete'],
  followsSnapshots: true,
  sparesDisks: true,
  next: ({ observed: { vm, operation }, status: { fromEpoch = 0 } }) => {
    if (isSuspended(vm) && vm.status?.epoch === fromEpoch) return switchedOff(vm);
    const { lastFreeze, epoch, phase } = vm.status ?? {};
    if (lastFreeze?.operation === operation.metadata.uid && lastFreeze?.memoryProblem) {
      return { type: 'failed', message: lastFreeze.memoryProblem.message };
    }
    if (epoch !== fromEpoch || phase === 'Stopped' || phase === 'Failed') {
      return { type: 'failed', message: 'The guest ended before its memory was saved' };
    }
    return { type: 'waiting', step: 'suspend', message: DOING };
  },
};

/** What spec says of power is written once the guest is off: until then it is to be saved, and not to be powered down. */
function switchedOff(vm: VirtualMachine): Next {
  const patch = powerChange(vm.spec, false);
  if (!patch) return { type: 'done', message: 'The guest is suspended; operation start has it go on' };
  const message = 'The VM is switched off';
  return {
    type: 'waiting',
    step: 'switchOff',
    message,
    actions: [{ type: 'patchVm', vm, patch }],
    isFinal: true,
  };
}
