import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerId } from '@hypersdk/api';
import { aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { up } from '../../testing/plan-table.ts';
import { FORGET } from '../../vm-operation/restore/steps.ts';
import { wantedMachine } from './wanted-machine.ts';

describe('a machine whose layers are to be dropped', () => {
  const vm = aVirtualMachine({ status: up });
  const pod = aPod(vm, 1);
  const restore = anOperation('restore', {
    spec: { restoreSpec: { snapshotRef: { name: 'before' } } },
    status: { phase: 'Running', steps: [{ name: FORGET }] },
  });
  const id = layerId(restore.metadata.uid ?? '');
  const rows = [
    { when: 'nobody stands on them, folds them away', linkedClones: [], wanted: [[id], undefined] },
    {
      when: 'linked clones stand on its disks, leaves them there',
      linkedClones: ['copy'],
      wanted: [[id], true],
    },
  ];
  for (const { when, linkedClones, wanted } of rows) {
    it(`when ${when}`, () => {
      const observed = anObservation({
        ...{ vm, pods: [pod], machine: aMachine(vm, 1), operations: [restore], linkedClones },
      });
      const machine = wantedMachine(observed, pod, { desired: 'On', since: NOW.toISOString(), by: 'spec' });
      assert.deepEqual([machine?.dropLayers, machine?.sharedLayers], wanted);
    });
  }

  it('is told nothing of linked clones when nothing is to be dropped', () => {
    const observed = anObservation({ vm, pods: [pod], machine: aMachine(vm, 1), linkedClones: ['copy'] });
    const machine = wantedMachine(observed, pod, { desired: 'On', since: NOW.toISOString(), by: 'spec' });
    assert.ok(machine);
    assert.equal(machine.sharedLayers, undefined);
  });
});
