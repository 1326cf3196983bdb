import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMOperation } from '@hypersdk/api';
import { aVirtualMachine } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { estimate, estimateCheck, type Estimate } from './estimate.ts';
import type { ObservedMigration } from './observed.ts';

const MB = 1_000_000;

function observe(
  dirtyRate: number | undefined,
  wishes: Partial<VMOperation['spec']['migrateSpec']> = {},
): ObservedMigration {
  const vm = aVirtualMachine({ status: { resources: { memory: '1G' } } });
  // Of a migration no more is looked at here.
  return {
    operation: anOperation('migrate', {
      spec: { migrateSpec: { live: true, autoConverge: true, postCopy: false, ...wishes } },
    }),
    vm,
    dirtyRate,
  } as ObservedMigration;
}

const rows: {
  readonly when: string;
  readonly observed: ObservedMigration;
  readonly expected: Estimate | undefined;
}[] = [
  {
    when: 'an idle guest, as quickly as its memory is sent',
    observed: observe(0),
    expected: { method: 'memory', seconds: 8, downtime: 50 },
  },
  {
    when: 'a guest that changes half of what is sent, twice that',
    observed: observe(50 * MB, { bandwidth: '800Mbps', maxDowntime: '20ms' }),
    expected: { method: 'memory', seconds: 20, downtime: 20 },
  },
  {
    when: 'a guest that changes more than is sent, once it is slowed down',
    observed: observe(200 * MB, { bandwidth: '800Mbps' }),
    expected: { method: 'memory, the guest slowed down', seconds: 51, downtime: 1000 },
  },
  {
    when: 'such a one that may go before its memory, after four passes',
    observed: observe(200 * MB, { bandwidth: '800Mbps', postCopy: true }),
    expected: { method: 'the guest, then its memory', seconds: 40, downtime: 50 },
  },
  {
    when: 'such a one that must not be slowed down, perhaps never',
    observed: observe(200 * MB, { bandwidth: '800Mbps', autoConverge: false }),
    expected: { method: 'memory, the guest slowed down', seconds: undefined, downtime: 1000 },
  },
  {
    when: 'a guest that nobody could ask: nothing is told',
    observed: observe(undefined),
    expected: undefined,
  },
];

describe('the estimate of a migration', () => {
  for (const { when, observed, expected } of rows) {
    it(`is, of ${when}`, () => {
      assert.deepEqual(estimate(observed), expected);
    });
  }

  it("is a check that stands in nobody's way", () => {
    assert.deepEqual(estimateCheck(observe(0)), [
      {
        check: 'estimate',
        ok: true,
        reason: 'the guest changes 0 a second; memory: 8 s, with a pause of 50 ms at most',
      },
    ]);
    assert.deepEqual(estimateCheck(observe(undefined)), []);
  });
});
