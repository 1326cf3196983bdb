/** An operation that comes to nothing: what it began is undone, and only then has it ended. Pure. */
import type { VMOperationStatus } from '@hypersdk/api';
import { changeBack, powerBack } from './change-back.ts';
import { answered, ended } from './ended.ts';
import type { OperationKind, Undoing } from './kind.ts';
import type { ObservedOperation } from './observed.ts';
import { rollback } from './rollback.ts';
import { dropUnfinished } from './snapshot-before.ts';
import { atStep, ROLLBACK } from './steps.ts';
import type { OperationPlan } from './actions.ts';
import type { Ending } from './ended.ts';

/** How it ends is written before anything of what tells why is taken away. */
export function endBadly<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  ending: Ending,
  now: Date,
): OperationPlan {
  const { operation } = observed;
  const isClean = !undoing(kind, observed, now) && rollback(kind, observed, ending, now).type === 'done';
  if (isClean) return ended(operation, ending, now);
  const message = `Undoing what was begun: ${ending.message}`;
  return { status: { ...answered(operation), ending, message }, actions: [] };
}

export function planEnding<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  ending: Ending,
  now: Date,
): OperationPlan {
  const { operation } = observed;
  const status = answered(operation);
  const undo = undoing(kind, observed, now);
  if (undo) return waiting(status, 'undo', undo, now);
  const back = rollback(kind, observed, ending, now);
  if (back.type === 'waiting') return waiting(status, ROLLBACK, back, now);
  const message = [ending.message, ...(back.message === undefined ? [] : [back.message])].join('. ');
  return ended(operation, { ...ending, message }, now);
}

function undoing<O extends ObservedOperation>(
  kind: OperationKind<O>,
  observed: O,
  now: Date,
): Undoing | undefined {
  return (
    kind.undo?.(observed, now) ?? dropUnfinished(observed) ?? changeBack(observed) ?? powerBack(observed)
  );
}

function waiting(
  status: VMOperationStatus,
  step: string,
  { message = status.message, actions = [], requeueAfter }: Undoing,
  now: Date,
): OperationPlan {
  return {
    ...{ status: atStep(status, step, { message, progress: status.progress }, now), actions },
    ...(requeueAfter !== undefined && { requeueAfter }),
  };
}
