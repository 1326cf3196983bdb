/** What to do about one VirtualMachine, and what to say of it. Pure: the same observation gives the same plan. */
import type { Plan } from './actions.ts';
import { endAttachments } from './attach.ts';
import { isFinished } from '../pod/end-of-pod.ts';
import { epochOf } from '../pod/epoch.ts';
import type { Observed } from '../observed.ts';
import { isBeingCloned, planBeingCloned } from './clone.ts';
import { planDeletion } from './deletion.ts';
import { planBudgets } from './budgets.ts';
import { planEnd } from './end.ts';
import { flattenOrphans } from './flatten-orphans.ts';
import { growClaims } from './grow.ts';
import { isBeingRestored, isHeld, planHeld } from './held.ts';
import { ownClaims } from './own-claims.ts';
import { planRun } from './run.ts';
import { planHalted, planStop, waitForEnd } from './stop.ts';
import { afterCutOver } from './migration/cut-over.ts';
import { leftovers } from './migration/leftovers.ts';
import { isLeftBehind, planSourceEnded, withMigration } from './migration/migrate.ts';
import { planRevert, withRevert } from './revert.ts';
import { planStart } from './start.ts';
import { wantedPower, type Power } from './power.ts';

export function plan(seen: Observed, now: Date): Plan {
  if (seen.vm.metadata.deletionTimestamp) return planDeletion(seen, now);
  const revert = planRevert(seen);
  if (revert) return revert;
  const observed = afterCutOver(seen);
  const power = wantedPower(observed, now);
  const planned = withMigration(observed, withRevert(observed, planLife(observed, power, now)), power);
  return {
    ...planned,
    actions: [
      ...planned.actions,
      // Of what is on record alone: nothing goes before it is written where the guest is.
      ...leftovers(seen),
      ...ownClaims(observed),
      ...growClaims(observed),
      ...endAttachments(observed),
      ...flattenOrphans(observed),
      ...planBudgets(observed, planned.status),
    ],
  };
}

function planLife(observed: Observed, power: Power, now: Date): Plan {
  if (isBeingCloned(observed.vm)) return planBeingCloned(observed, power, now);
  const [pod, ...others] = [...observed.pods].sort((a, b) => epochOf(b) - epochOf(a));
  if (observed.target && (!pod || isFinished(pod))) return planSourceEnded(observed, pod, power, now);
  if (!pod && isHeld(observed)) return planHeld(observed, power, now);
  if (!pod)
    return power.desired === 'Off' ? planHalted(observed, power, now) : planStart(observed, power, now);
  // Two pods of one VM are never right; the older one goes first, and nothing starts before it is gone.
  const stray = others.find((other) => !isLeftBehind(observed, other));
  if (stray) return planStop(observed, stray, power, now);
  // A guest that ended by its own wish is off already, while what is left of its pod goes.
  const isCleared = pod.metadata.deletionTimestamp && isFinished(pod) && power.desired === 'Off';
  if (isCleared && power.by === 'guest') return planHalted(observed, power, now);
  if (pod.metadata.deletionTimestamp) return waitForEnd(observed, pod, power, now);
  if (isBeingRestored(observed)) return planStop(observed, pod, power, now);
  if (isFinished(pod)) return planEnd(observed, pod, power, now);
  return power.desired === 'Off' ? planStop(observed, pod, power, now) : planRun(observed, pod, power, now);
}
