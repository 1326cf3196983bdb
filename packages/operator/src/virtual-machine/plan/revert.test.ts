import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import { isOwnedBy } from '@hypersdk/kube';
import { anObservation, aVirtualMachine, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
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

type Record = NonNullable<NonNullable<VirtualMachine['status']>['reverting']>;

interface Row {
  readonly when: string;
  readonly vm: VirtualMachine;
  readonly operation?: VMOperation;
  readonly made?: readonly string[];
  readonly reverting: Record | undefined;
  readonly revertedTo: string | undefined;
}

const rows: Row[] = [
  {
    ...{ when: 'a snapshot is named, that is put on record first', vm: asks('before', {}) },
    ...{ reverting: { ...reverting, due: true }, revertedTo: undefined },
  },
  {
    when: 'it is on record, one restore is made of the recorded name, whatever spec is by now',
    vm: asks('before', { reverting: { ...reverting, due: true } }, 4),
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
    ...{
      when: 'the restore has failed and was deleted, it is not tried again',
      vm: asks('before', { reverting }),
    },
    ...{ reverting, revertedTo: undefined },
  },
  {
    when: 'another snapshot is named, there is another restore',
    vm: asks('after', { reverting, revertedTo: 'before' }, 4),
    reverting: { snapshot: 'after', operation: 'web-revert-4', due: true },
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
    reverting: { snapshot: 'before', operation: 'web-revert-5', due: true },
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

  it('does nothing else in the meantime: no guest is started on what it is to go back from', () => {
    for (const status of [{}, { reverting: { ...reverting, due: true } }]) {
      const { spec, ...vm } = asks('before', status);
      const planned = plan(anObservation({ vm: { ...vm, spec: { ...spec, running: true } } }), NOW);
      assert.deepEqual(planned.actions.length, made(planned).length);
    }
  });

  it("makes the VM's own restore, of that snapshot", () => {
    const vm = asks('before', { reverting: { ...reverting, due: true } });
    const [action] = plan(anObservation({ vm }), NOW).actions;
    assert.ok(action?.type === 'createOperation');
    assert.ok(isOwnedBy(action.operation, UID));
    assert.deepEqual(action.operation.spec.restoreSpec, { snapshotRef: { name: 'before' } });
  });
});
