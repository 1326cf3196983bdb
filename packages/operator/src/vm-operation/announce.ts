/** Events and metrics of an operation's end. */
import type { VirtualMachineContext } from '../virtual-machine/controller.ts';
import type { ObservedOperation } from './observed.ts';
import { isActive } from './order.ts';
import type { OperationPlan } from './plan.ts';

type Teller = Pick<VirtualMachineContext, 'recorder' | 'metrics'>;

/** Whose phase has changed was written just now, by us: it is told and counted once. */
export function announce(teller: Teller, observed: ObservedOperation, { status }: OperationPlan): void {
  const { operation } = observed;
  if (status.phase === operation.status?.phase || isActive({ ...operation, status })) return;
  if (status.phase !== 'Succeeded') tellFailure(teller, observed, status);
  if (operation.spec.operation === 'clone') tellClone(teller, observed, status);
  if (operation.spec.operation === 'restore') tellRestore(teller, observed, status);
}

type Status = OperationPlan['status'];

function tellFailure({ recorder }: Teller, { operation, vm }: ObservedOperation, status: Status): void {
  const reason = `Operation${status.phase ?? ''}`;
  recorder.event(operation, 'Warning', reason, status.message ?? '');
  if (vm) recorder.event(vm, 'Warning', reason, `${operation.metadata.name}: ${status.message ?? ''}`);
}

function tellClone(
  { recorder, metrics }: Teller,
  { operation, vm }: ObservedOperation,
  status: Status,
): void {
  const { linkedClone = false, mode } = operation.spec.cloneSpec ?? {};
  metrics.cloned(linkedClone || mode === 'linked', outcomeOf(status));
  if (status.phase !== 'Succeeded') return;
  for (const object of [operation, ...(vm ? [vm] : [])]) {
    recorder.event(object, 'Normal', 'CloneCompleted', status.message ?? '');
  }
}

function tellRestore({ recorder, metrics }: Teller, { vm }: ObservedOperation, status: Status): void {
  metrics.snapshotted('restore', outcomeOf(status));
  if (status.phase !== 'Succeeded' || !vm) return;
  const message = `The disks hold what VMSnapshot ${status.result ?? ''} holds`;
  recorder.event(vm, 'Normal', 'SnapshotRestored', message);
}

const outcomeOf = ({ phase }: Status) => (phase === 'Succeeded' ? 'succeeded' : 'failed');
