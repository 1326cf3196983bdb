/** Tables of what `plan` makes of what is observed of a VM. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { withSidecars } from './former-pod.ts';
import { NOW } from './machines.ts';
import type { Plan } from '../virtual-machine/plan/actions.ts';
import type { Observed } from '../virtual-machine/observed.ts';
import { plan } from '../virtual-machine/plan/plan.ts';

export const running = { phase: 'Running' } as const;
export const up: NonNullable<VirtualMachine['status']> = {
  phase: 'Running',
  epoch: 1,
  podName: 'web-1',
  startTime: '2026-01-02T03:00:00Z',
  observedGeneration: 1,
};
export const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

export interface Row {
  readonly when: string;
  readonly observed: Observed;
  readonly now?: Date;
  readonly actions: readonly string[];
  readonly phase: string;
  readonly reason: string;
  readonly also?: (planned: Plan) => void;
  /** False where pods that earlier operators made cannot come to this. */
  readonly withSidecars?: false;
}

/** `createPod web-1`, so that a table reads as what is done to what. */
export function summary(planned: Plan): string[] {
  return planned.actions.map((action) => {
    if ('pod' in action) return `${action.type} ${action.pod.metadata.name}`;
    return action.type === 'createClaim' ? `createClaim ${action.claim.metadata.name}` : action.type;
  });
}

export function createdPod({ actions }: Plan): Pod {
  const created = actions.find(({ type }) => type === 'createPod');
  assert.ok(created && 'pod' in created);
  return created.pod;
}

export function ready({ status }: Plan): { status: string; reason: string; message: string } {
  const found = status.conditions?.find(({ type }) => type === 'Ready');
  assert.ok(found);
  return found;
}

/** Pods that earlier operators made lead to the same. */
export function check(rows: readonly Row[]): void {
  for (const row of rows) {
    const { when, observed } = row;
    void it(when, () => {
      checkOne(row);
    });
    if (!(row.withSidecars ?? observed.pods.length > 0)) continue;
    void it(`${when}, also in a pod with sidecars`, () => {
      checkOne({ ...row, observed: { ...observed, pods: observed.pods.map(withSidecars) } });
    });
  }
}

function checkOne({ observed, now, actions, phase, reason, also }: Row): void {
  const planned = plan(observed, now ?? NOW);
  assert.deepEqual(summary(planned), actions);
  assert.equal(planned.status.phase, phase);
  assert.equal(ready(planned).reason, reason);
  also?.(planned);
}
