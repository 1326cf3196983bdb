import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import { isOwnedBy } from '@hypersdk/kube';
import { anObservation, aVirtualMachine, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { later } from '../../testing/plan-table.ts';
import type { Plan } from './actions.ts';
import { plan } from './plan.ts';

const asks = (name: string | undefined, status: VirtualMachine['status'], generation = 3): VirtualMachine =>
  aVirtualMachine({
    spec: { running: false, ...(name !== undefined && { snapshot: { revertToRef: { name } } }) },
    metadata: { generation },
    status: { phase: 'Stopped', ...status },
  });
const reverting = { snapshot: 'before', operation: 'web-revert-3' };
const restore = (phase: NonNullable<VMOperation['status']>['phase']): VMOperation =>
  anOperation('restore', { name: 'web-revert-3', status: { phase } });

const made = ({ actions }: Plan): string[] =>
  actions.flatMap((action) => (action.type === 'createOperation' ? [action.operation.metadata.name] : []));

interface Row {
  readonly when: string;
  readonly vm: VirtualMachine;
  readonly operation?: VMOperation;
  readonly made?: readonly string[];
  readonly reverting: typeof reverting | undefined;
  readonly revertedTo: string | undefined;
}

const rows: Row[] = [
  {
    ...{ when: 'a snapshot is named, one restore is made', vm: asks('before', {}) },
    ...{ made: ['web-revert-3'], reverting, revertedTo: undefined },
  },
  {
    ...{ when: 'it was asked for, no other is made', vm: asks('before', { reverting }, 4) },
    ...{ operation: restore('Running'), reverting, revertedTo: undefined },
  },
  {
    ...{ when: 'the restore has succeeded, that is recorded', vm: asks('before', { reverting }) },
    ...{ operation: restore('Succeeded'), reverting, revertedTo: 'before' },
  },
  {
    ...{
      when: 'it is done, it is not done again',
      vm: asks('before', { reverting, revertedTo: 'before' }, 9),
    },
    ...{ reverting, revertedTo: 'before' },
  },
  {
    ...{ when: 'the restore has failed, it is not tried again', vm: asks('before', { reverting }) },
    ...{ operation: restore('Failed'), reverting, revertedTo: undefined },
  },
  {
    when: 'another snapshot is named, there is another restore',
    vm: asks('after', { reverting, revertedTo: 'before' }, 4),
    made: ['web-revert-4'],
    reverting: { snapshot: 'after', operation: 'web-revert-4' },
    revertedTo: 'before',
  },
  {
    ...{
      when: 'the field is taken out, it may be put in again',
      vm: asks(undefined, { reverting, revertedTo: 'before' }),
    },
    ...{ reverting: undefined, revertedTo: 'before' },
  },
  {
    when: 'it was taken out and put in again, it acts again',
    vm: asks('before', { revertedTo: 'before' }, 5),
    made: ['web-revert-5'],
    reverting: { snapshot: 'before', operation: 'web-revert-5' },
    revertedTo: 'before',
  },
];

describe('spec.snapshot.revertToRef', () => {
  for (const { when, vm, operation, made: expected = [], reverting: then, revertedTo } of rows) {
    it(`acts once for each value: when ${when}`, () => {
      const planned = plan(anObservation({ vm, revertOperation: operation }), NOW);
      assert.deepEqual(made(planned), expected);
      assert.deepEqual([planned.status.reverting, planned.status.revertedTo], [then, revertedTo]);
    });
  }

  it('names the restore of one generation alike, however often an operator dies over it', () => {
    const [first, second] = [NOW, later(60)].map((at) => {
      const { actions } = plan(anObservation({ vm: asks('before', {}) }), at);
      return actions.find(({ type }) => type === 'createOperation');
    });
    assert.ok(first?.type === 'createOperation');
    assert.deepEqual(second, first);
    assert.ok(isOwnedBy(first.operation, UID));
    assert.deepEqual(first.operation.spec.restoreSpec, { snapshotRef: { name: 'before' } });
  });
});
