/** How a clone that is not to be made any more leaves nothing behind. */
import type { OperationPlan } from '../plan.ts';
import type { CloneAction, ClonePlan } from './actions.ts';
import { copierEnd } from './copier-end.ts';
import { isMadeBy } from './kind.ts';
import { failed, type Making } from './making.ts';
import type { ObservedClone } from './observed.ts';

const UNDOING = 'Undoing what was begun: ';

/** The operation ends once nothing is left of what it began; the target goes last, its claims follow it. */
export function undo(observed: ObservedClone, base: OperationPlan): ClonePlan {
  const actions = undoActions(observed);
  if (actions.length === 0 && !isLeft(observed)) return { ...base, actions: [] };
  const message = `${UNDOING}${base.status.message ?? ''}`;
  return { status: { ...observed.operation.status, message }, actions };
}

type Left = Pick<ObservedClone, 'operation' | 'copier' | 'server' | 'target'>;

function isLeft({ operation, copier, server, target }: Left): boolean {
  const isCopying = copier !== undefined && copierEnd(copier).type === 'running';
  return isCopying || server !== undefined || (target !== undefined && isMadeBy(target, operation));
}

function undoActions({ copier, server, target, operation }: Left): CloneAction[] {
  const isCopying = copier !== undefined && copierEnd(copier).type === 'running';
  const workers = [isCopying ? copier : undefined, server].filter((pod) => pod !== undefined);
  if (workers.length > 0) {
    const standing = workers.filter(({ metadata }) => !metadata.deletionTimestamp);
    return standing.map((pod) => ({ type: 'deleteWorker', pod }));
  }
  const isOurs = target && isMadeBy(target, operation) && !target.metadata.deletionTimestamp;
  return isOurs ? [{ type: 'deleteTarget', target }] : [];
}

/** Why there is no target any more: we deleted it, after a failure of which the copier tells, or somebody else did. */
export function lossOf({ observed: { copier, operation }, cloneSpec }: Making): string {
  const { message = '' } = operation.status ?? {};
  if (message.startsWith(UNDOING)) return message.slice(UNDOING.length);
  const end = copier && copierEnd(copier);
  return end?.type === 'failed' ? end.message : `VirtualMachine ${cloneSpec.targetName} was deleted`;
}

/** The target goes first, the copier stays for its log: until the operation has ended it tells why. */
export function abandon({ observed, status, now }: Making, message: string): ClonePlan {
  const actions = undoActions(observed);
  if (actions.length === 0 && !isLeft(observed)) return { status: failed(status, message, now), actions };
  return { status: { ...status, message: `${UNDOING}${message}` }, actions };
}
