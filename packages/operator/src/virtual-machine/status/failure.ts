import { setCondition, type VirtualMachine, type VirtualMachineStatus } from '@hypersdk/api';
import { ApiError } from '@hypersdk/kube';
import { LauncherRefusedError } from '../../launchers/request.ts';

/** The status that says what kept a plan from being carried out, such as a quota or a missing right. */
export function withFailure(
  vm: VirtualMachine,
  status: VirtualMachineStatus,
  error: unknown,
  now: Date,
): VirtualMachineStatus {
  const { reason, message, isRefused } = cause(error);
  const observedGeneration = vm.metadata.generation ?? 0;
  const updates = [
    { type: 'Ready', status: 'False', reason, message, observedGeneration },
    { type: 'Reconciling', status: isRefused ? 'False' : 'True', reason, message, observedGeneration },
    { type: 'Stalled', status: isRefused ? 'True' : 'False', reason, message, observedGeneration },
  ] as const;
  const conditions = updates.reduce((all, update) => setCondition(all, update, now), status.conditions ?? []);
  return { ...status, conditions };
}

/** Refused is what trying again does not cure. */
function cause(error: unknown): { reason: string; message: string; isRefused: boolean } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError) {
    return { reason: error.reason, message, isRefused: error.status === 403 || error.status === 422 };
  }
  if (error instanceof LauncherRefusedError && error.status === 422) {
    const told = `The launcher of the running pod cannot do this (${message}): restart the VM for one that can`;
    return { reason: 'LauncherRefused', message: told, isRefused: true };
  }
  return { reason: 'OperatorError', message, isRefused: false };
}
