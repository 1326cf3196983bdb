import type { Operation } from '@hypersdk/api';
import { cloneKind } from './clone/kind.ts';
import { deleteKind } from './delete/kind.ts';
import { flattenKind } from './flatten/kind.ts';
import type { EndNews, OperationKind } from './kind.ts';
import { migrateKind } from './migrate/kind.ts';
import type { ObservedOperation } from './observed.ts';
import { planOperation } from './plan.ts';
import { powerKinds } from './power/kinds.ts';
import { resizeKind } from './resize/kind.ts';
import { restoreKind } from './restore/kind.ts';
import { snapshotKind } from './snapshot/kind.ts';
import { suspendKind } from './suspend/kind.ts';
import type { Context } from '../context.ts';
import type { OperationPlan } from './actions.ts';

/** What an operation comes to at one look, and what is told should it end with that. */
export interface Planned {
  readonly plan: OperationPlan;
  readonly news: EndNews;
}

type Look = (context: Context, observed: ObservedOperation, signal: AbortSignal) => Promise<Planned>;

/** What a kind observes is its own business: nobody else sees it. */
function look<O extends ObservedOperation>(kind: OperationKind<O>): Look {
  return async (context, observed, signal) => {
    const all = await kind.observe(context, observed, signal);
    const plan = planOperation(kind, all, new Date());
    return { plan, news: kind.onEnd?.(all, plan.status) ?? {} };
  };
}

export const looks: Readonly<Record<Operation, Look>> = {
  start: look(powerKinds.start),
  stop: look(powerKinds.stop),
  restart: look(powerKinds.restart),
  reset: look(powerKinds.reset),
  pause: look(powerKinds.pause),
  resume: look(powerKinds.resume),
  suspend: look(suspendKind),
  clone: look(cloneKind),
  flatten: look(flattenKind),
  snapshot: look(snapshotKind),
  restore: look(restoreKind),
  delete: look(deleteKind),
  resize: look(resizeKind),
  migrate: look(migrateKind),
};
