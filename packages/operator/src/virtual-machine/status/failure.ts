import { setCondition, type VirtualMachine, type VirtualMachineStatus } from '@hypersdk/api';
import { ApiError } from '@hypersdk/kube';

/** The status that says what kept a plan from being carried out, such as a quota or a missing right. */
export function withFailure(
  vm: VirtualMachine,
  status: VirtualMachineStatus,
  error: unknown,
  now: Date,
): VirtualMachineStatus {
  const reason = error instanceof ApiError ? error.reason : 'OperatorError';
  const message = error instanceof Error ? error.message : String(error);
  const isRefused = error instanceof ApiError && (error.status === 403 || error.status === 422);
  const observedGeneration = vm.metadata.generation ?? 0;
  const updates = [
    { type: 'Ready', status: 'False', reason, message, observedGeneration },
    { type: 'Reconciling', status: isRefused ? 'False' : 'True', reason, message, observedGeneration },
    { type: 'Stalled', status: isRefused ? 'True' : 'False', reason, message, observedGeneration },
  ] as const;
  const conditions = updates.reduce((all, update) => setCondition(all, update, now), status.conditions ?? []);
  return { ...status, conditions };
}
