import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anObservation, aVirtualMachine, config } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import type { Observed } from '../observed.ts';
import { flattenOrphans } from './flatten-orphans.ts';

const orphan: Partial<Observed> = {
  vm: aVirtualMachine({ status: { phase: 'Running' } }),
  orphanedBases: ['source-root'],
  config: { ...config, flattensOrphans: true },
};

describe('disks whose source was deleted', () => {
  const rows: { when: string; changes: Partial<Observed>; made: number }[] = [
    { when: 'are flattened where that is the policy', changes: {}, made: 1 },
    { when: 'are left as they are where it is not', changes: { config }, made: 0 },
    { when: 'are flattened once the VM is on or off', changes: { vm: aVirtualMachine() }, made: 0 },
    { when: 'wait for what is done to the VM', changes: { operations: [anOperation('stop')] }, made: 0 },
    { when: 'are none while the source is there', changes: { orphanedBases: [] }, made: 0 },
  ];
  for (const { when, changes, made } of rows) {
    it(when, () => {
      const actions = flattenOrphans(anObservation({ ...orphan, ...changes }));
      assert.equal(actions.length, made);
    });
  }

  it('are flattened once for one source, and again for the next', () => {
    const named = (orphanedBases: string[]) =>
      flattenOrphans(anObservation({ ...orphan, orphanedBases })).map(
        (action) => action.type === 'createOperation' && action.operation.metadata.name,
      );
    assert.deepEqual(named(['source-root']), named(['source-root']));
    assert.notDeepEqual(named(['source-root']), named(['other-root']));
  });
});
