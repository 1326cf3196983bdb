import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMOperation, VMSnapshot } from '@hypersdk/api';
import { anObservation, aVirtualMachine, config, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import { formerLayers, restoredSnapshot } from '../at-work.ts';
import { planOperation } from '../plan.ts';
import { type ObservedRestore, restoreKind } from './kind.ts';

const shape = {
  ...{ uuid: 'a', machineType: 'q35', cpus: 1, memory: 1024, firmware: 'bios', disks: [], networks: [] },
  ...{ seed: false, guestAgent: true },
};
const memory = {
  ...{
    disk: 'root',
    file: 'memory-a.state',
    bytes: 1,
    qemuVersion: '10.0.0',
    acceleration: 'tcg' as const,
    shape,
  },
};
const snapshot: VMSnapshot = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name: 'instant', namespace: 'default', uid: 'aaaaaaaa-1' },
  spec: { vmRef: { name: 'web' }, includeMemory: true, quiesce: true, method: 'disk' },
  status: { readyToRestore: true, disks: [{ name: 'root' }], memory },
};
const operation = (status?: VMOperation['status']): VMOperation => {
  const restore = anOperation('restore', status ? { status } : {});
  return { ...restore, spec: { ...restore.spec, restoreSpec: { snapshotRef: { name: 'instant' } } } };
};
const at = (...steps: string[]): VMOperation =>
  operation({
    ...{ phase: 'Running', startTime: NOW.toISOString(), fromEpoch: 1, vmUid: UID },
    steps: steps.map((name) => ({ name })),
  });
const vm = (status: VirtualMachine['status']): VirtualMachine =>
  aVirtualMachine({ spec: { running: true }, status: { epoch: 2, ...status } });
const observe = (changes: Partial<ObservedRestore>): ObservedRestore => ({
  ...{ operation: operation(), vm: vm({ phase: 'Running' }), others: [], snapshot, config },
  ...{ keeper: undefined, undoer: undefined, wanted: shape, claims: new Map() },
  disks: resolveDisks(anObservation()),
  ...changes,
});
const plan = (changes: Partial<ObservedRestore>) => planOperation(restoreKind, observe(changes), NOW);
const heldFor = operation().metadata.uid ?? '';

describe('a restore with memory', () => {
  it('is refused where the VM has become another machine', () => {
    const { status } = plan({ wanted: { ...shape, cpus: 2 } });
    assert.deepEqual(
      [status.phase, status.message],
      [
        'Failed',
        'VMSnapshot instant holds memory of another machine: cpus was 1 and is 2. Set it back first',
      ],
    );
  });

  it('keeps what the disks hold until the guest has gone on', () => {
    const { actions } = plan({
      operation: at('restore'),
      vm: vm({ phase: 'Pending', disksHeldFor: heldFor }),
    });
    assert.match(JSON.stringify(actions), /Required.*keepAs/);
  });

  it('lets the guest start once the disks hold the snapshot, and is done when the former layer is gone', () => {
    const resuming = at('restore', 'resume');
    assert.equal(restoredSnapshot(resuming), undefined);
    const running = plan({ operation: resuming });
    assert.equal(running.status.steps?.at(-1)?.name, 'dropFormer');
    const forgetting = at('restore', 'resume', 'dropFormer');
    const droppedLayers = formerLayers([forgetting]);
    assert.equal(droppedLayers.length, 1);
    assert.equal(plan({ operation: forgetting }).status.phase, 'Running');
    assert.equal(
      plan({ operation: forgetting, vm: vm({ phase: 'Running', droppedLayers }) }).status.phase,
      'Succeeded',
    );
  });

  it('brings back what the disks held where the guest does not go on', () => {
    const { status } = plan({ operation: at('restore', 'resume'), vm: vm({ phase: 'Failed' }) });
    assert.equal(status.ending?.phase, 'Failed');
    const ending = operation({
      ...status,
      steps: [{ name: 'restore' }, { name: 'resume' }, { name: 'undo' }],
    });
    assert.equal(restoredSnapshot(ending), 'instant');
    const waiting = plan({ operation: ending });
    assert.deepEqual([waiting.status.phase, waiting.actions], ['Running', []]);
    const { actions } = plan({ operation: ending, vm: vm({ phase: 'Pending', disksHeldFor: heldFor }) });
    assert.match(JSON.stringify(actions), /-undo.*IfSaved/);
  });
});
