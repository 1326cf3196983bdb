import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMSnapshot, VMSnapshotStatus } from '@hypersdk/api';
import { NOW } from '../testing/machines.ts';
import { aSnapshot } from '../testing/snapshots.ts';
import type { SnapshotPlan } from './actions.ts';
import { measure } from './measure.ts';

const underWay = (type: string, seconds: number): VMSnapshot => {
  const lastTransitionTime = new Date(NOW.getTime() - seconds * 1000).toISOString();
  const condition = { type, status: 'True' as const, reason: type, message: '', lastTransitionTime };
  return aSnapshot({ conditions: [condition] });
};
const made: VMSnapshotStatus = { vmState: { running: true }, pauseMilliseconds: 7 };

const rows: {
  readonly when: string;
  readonly snapshot: VMSnapshot;
  readonly status?: VMSnapshotStatus;
  readonly counted?: SnapshotPlan['counted'];
  readonly told: readonly unknown[][];
}[] = [
  { when: 'nothing has ended, nothing', snapshot: underWay('Creating', 3), told: [] },
  {
    when: 'it was made of a running guest, its time and the pause',
    ...{ snapshot: underWay('Creating', 3), status: made },
    counted: { action: 'create', outcome: 'succeeded' },
    told: [['create', 'succeeded', 3000], [7]],
  },
  {
    when: 'it was made of a VM that was off, its time',
    ...{ snapshot: underWay('Creating', 3), status: { ...made, vmState: { running: false } } },
    counted: { action: 'create', outcome: 'succeeded' },
    told: [['create', 'succeeded', 3000]],
  },
  {
    when: 'it was refused, that it failed',
    snapshot: aSnapshot(),
    counted: { action: 'create', outcome: 'failed' },
    told: [['create', 'failed', undefined]],
  },
  {
    when: 'it has gone, the time since it began to, and no pause again',
    ...{ snapshot: underWay('Deleting', 2), status: made },
    counted: { action: 'delete', outcome: 'succeeded' },
    told: [['delete', 'succeeded', 2000]],
  },
];

describe('of a snapshot is told, when', () => {
  for (const { when, snapshot, status = {}, counted, told } of rows) {
    it(when, () => {
      const heard: unknown[][] = [];
      const hear = (...words: unknown[]): void => void heard.push(words);
      const plan = { status, actions: [], ...(counted && { counted }) };
      measure({ snapshotted: hear, paused: hear }, snapshot, plan, NOW);
      assert.deepEqual(heard, told);
    });
  }
});
