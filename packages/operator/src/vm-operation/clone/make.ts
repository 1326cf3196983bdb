/** What is to be done next for a clone that is being made. Pure. */
import type { Next } from '../kind.ts';
import { isPast } from '../steps.ts';
import { claimsAhead, claimsStep } from './claims-step.ts';
import { copierEnd } from './copier-end.ts';
import { isMadeBy, isReleased } from './made-by.ts';
import { isFrozen, isHeld, waiting, type Making } from './making.ts';
import { memoryFailure } from './memory.ts';
import { targetVm } from './target.ts';

export function makeClone(making: Making): Next {
  const { observed, cloneSpec } = making;
  const { target, operation } = observed;
  const { targetName } = cloneSpec;
  if (!target) return makeTarget(making);
  if (!isMadeBy(target, operation)) {
    // Somebody made a VM of the name between the check and our own attempt.
    const message = `VirtualMachine ${targetName} exists already: choose another cloneSpec.targetName`;
    return { type: 'failed', message };
  }
  if (isReleased(target)) {
    return { type: 'done', message: `VirtualMachine ${targetName} is made`, result: targetName };
  }
  return fill(making, target);
}

function makeTarget({ observed, cloneSpec, disks, vm, status }: Making): Next {
  const { operation, spec } = observed;
  if (isPast(status, 'create')) return { type: 'failed', message: lossOf(observed, cloneSpec) };
  if (!spec) return waiting('create', 'Waiting for the source', []);
  const target = targetVm({ operation, cloneSpec, vm, spec, disks });
  const message = `Making VirtualMachine ${cloneSpec.targetName}`;
  return waiting('create', message, [{ type: 'createTarget', target }]);
}

/** In another namespace its copier goes with it. */
function lossOf({ copier }: Making['observed'], { targetName }: Making['cloneSpec']): string {
  const end = copier && copierEnd(copier);
  return end?.type === 'failed' ? end.message : `VirtualMachine ${targetName} was deleted`;
}

function fill(making: Making, target: NonNullable<Making['observed']['target']>): Next {
  const { observed, cloneSpec, vm } = making;
  const { operation } = observed;
  if (!cloneSpec.snapshotRef && !isHeld(vm, operation) && !isFrozen(vm, operation)) {
    const message = 'Waiting until the disks of the source are free, or frozen';
    return waiting('hold', message, claimsAhead(making, target));
  }
  const failure = memoryFailure(making);
  if (failure !== undefined) return { type: 'failed', message: failure };
  const next = claimsStep(making, target);
  const freeze = vm.status?.lastFreeze;
  if (next.type !== 'waiting' || !freeze || freeze.operation !== operation.metadata.uid) return next;
  // How the guest was at the instant that is cloned.
  return { ...next, told: { quiesced: freeze.quiesced } };
}
