import type { MachineSpec } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import { containerStatuses } from '../pod/container.ts';
import type { Action } from './actions.ts';

/** An operator that died between a pod and its Secret left the pod to wait for it. */
export function secretMakeUp(
  { isSecretKnown }: Pick<Observed, 'isSecretKnown'>,
  pod: Pod,
  machine: MachineSpec | undefined,
): Action[] {
  const hasStarted = containerStatuses(pod).some(({ state }) => state?.running ?? state?.terminated);
  return hasStarted || isSecretKnown || !machine ? [] : [{ type: 'ensureSecret', pod, machine }];
}
