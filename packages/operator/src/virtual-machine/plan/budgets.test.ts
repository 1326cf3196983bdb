import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachineStatus } from '@hypersdk/api';
import { podBudget } from '../../drain/budget.ts';
import { anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { up } from '../../testing/plan-table.ts';
import type { Observed } from '../observed.ts';
import { planBudgets } from './budgets.ts';

const plain = aVirtualMachine({ status: up });
const pod = aPod(plain, 1);
const target = aPod(plain, 2);
const going = aPod(plain, 1, { metadata: { deletionTimestamp: NOW.toISOString() } });
const shutdown = aVirtualMachine({
  status: up,
  spec: {
    highAvailability: {
      ...{ enabled: true, restartPolicy: 'Always', restartDelay: '10s', evictionStrategy: 'Shutdown' },
    },
  },
});

interface Row {
  readonly when: string;
  readonly observed: Partial<Observed>;
  readonly status?: VirtualMachineStatus;
  readonly actions: readonly string[];
}

const rows: readonly Row[] = [
  { when: 'a guest runs', observed: {}, actions: ['createBudget web-1'] },
  { when: 'it has one', observed: { budgeted: new Set(['pod-1']) }, actions: [] },
  { when: 'it is only made', observed: {}, status: { ...up, phase: 'Creating' }, actions: [] },
  {
    when: 'nobody knows of it',
    observed: {},
    status: { ...up, phase: 'Unknown' },
    actions: ['createBudget web-1'],
  },
  { when: 'its pod goes', observed: { pods: [going] }, actions: [] },
  {
    when: 'it is to go to another pod',
    observed: { budgeted: new Set(['pod-1']), target },
    actions: ['createBudget web-2'],
  },
  { when: 'an eviction may shut it down', observed: { vm: shutdown }, actions: [] },
  {
    when: 'an eviction may shut it down from now on',
    observed: { vm: shutdown, budgeted: new Set(['pod-1']) },
    actions: ['deleteBudget web-1'],
  },
];

describe('budgets', () => {
  for (const { when, observed, status = up, actions } of rows) {
    it(`are as they should be when ${when}`, () => {
      const seen = anObservation({ vm: plain, pods: [pod], budgeted: new Set(), ...observed });
      const planned = planBudgets(seen, status).map(
        (action) => `${action.type} ${'pod' in action ? action.pod.metadata.name : ''}`,
      );
      assert.deepEqual(planned, actions);
    });
  }

  it('go with their pod, and are of no other pod of the VM', () => {
    const { metadata, spec } = podBudget(pod);
    assert.equal(metadata.ownerReferences?.[0]?.uid, 'pod-1');
    assert.deepEqual(spec, {
      minAvailable: 1,
      selector: { matchLabels: { 'hypersdk.io/vm': 'web', 'hypersdk.io/epoch': '1' } },
    });
  });
});
