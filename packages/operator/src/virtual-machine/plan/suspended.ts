import type { VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { isAtWorkAs } from '../../vm-operation/at-work.ts';
import type { Observed } from '../observed.ts';
import { epochOf, podName } from '../pod/epoch.ts';

export const SUSPENDED = 'Suspended';
export const suspendedMessage = 'The guest is suspended; operation start has it go on';

/** Its last run ended with its memory saved. */
export function isSuspended(vm: VirtualMachine): boolean {
  const { lastEnd, epoch = 0 } = vm.status ?? {};
  return lastEnd?.reason === SUSPENDED && lastEnd.podName === podName(vm, epoch);
}

/** Uid of the operation by which the guest of this pod is to be suspended. */
export function suspensionOf({ operations }: Pick<Observed, 'operations'>, pod: Pod): string | undefined {
  return operations.find(
    (operation) => isAtWorkAs(operation, 'suspend') && operation.status?.fromEpoch === epochOf(pod),
  )?.metadata.uid;
}

/** A start by force boots, whatever the guest had in its memory. */
export function isMemoryDiscarded({ operations }: Pick<Observed, 'operations'>): boolean {
  return operations.some((operation) => operation.spec.force && isAtWorkAs(operation, 'start', 'restart'));
}
