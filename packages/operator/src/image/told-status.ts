/** The parts of status, and the event, in which VMTemplates and VMImages tell the same of their import. */
import { findCondition, setCondition, type Condition, type ConditionUpdate } from '@hypersdk/api';
import type { KubeObject } from '@hypersdk/kube';
import { isUnderWay, type ImportStatus } from './passing.ts';
import type { Told } from './told.ts';

export interface ImageUserPlan<Status> {
  readonly finalizer: 'add' | 'remove' | 'leave';
  readonly status: Status;
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
}

type Teller = Pick<KubeObject, 'metadata'> & { readonly status?: ImportStatus | undefined };

/** Ready, Reconciling and Stalled, and `others` after them. */
export function importConditions(
  { metadata, status }: Teller,
  told: Told<string>,
  others: readonly ConditionUpdate[],
  now: Date,
): Condition[] {
  const { phase, reason, message, isStalled = false } = told;
  const holds = {
    Ready: phase === 'Ready',
    Reconciling: phase !== 'Ready' && !isStalled,
    Stalled: isStalled,
  };
  const updates = Object.entries(holds).map(([type, is]): ConditionUpdate => {
    return { type, status: is ? 'True' : 'False', reason, message };
  });
  const { generation: observedGeneration } = metadata;
  return [...updates, ...others].reduce<Condition[]>(
    (all, update) => setCondition(all, { ...update, observedGeneration }, now),
    [...(status?.conditions ?? [])],
  );
}

/** Percent. A moment in which the importer does not answer takes nothing back. */
export function importProgress({ phase, progress }: Told<string>, before: { progress?: number | undefined }) {
  if (phase === 'Ready') return 100;
  return progress ?? (isUnderWay({ phase }) ? before.progress : undefined) ?? 0;
}

/** One event a change of phase, or of the reason for a failure. */
export function announceable({ status }: Teller, told: Told<string>): Pick<ImageUserPlan<never>, 'event'> {
  const { phase, reason, message, isStalled = false } = told;
  const before = findCondition(status?.conditions, 'Ready')?.reason;
  const isTrouble = phase === 'Failed' || isStalled;
  if (status?.phase === phase && (!isTrouble || before === reason)) return {};
  return { event: { type: isTrouble ? 'Warning' : 'Normal', reason: isTrouble ? reason : phase, message } };
}
