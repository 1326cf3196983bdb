import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMOperation, VMOperationStatus, VMSnapshot } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { aClaim, anObservation, aVirtualMachine, config, NOW, UID } from '../testing/machines.ts';
import { anOperation } from '../testing/operations.ts';
import { aSnapshot, held } from '../testing/snapshots.ts';
import { resolveDisks } from '../virtual-machine/disks/disks.ts';
import type { ObservedOperation, ObservedSafety } from './observed.ts';
import { planOperation } from './plan.ts';
import { powerKinds } from './power/kinds.ts';
import type { OperationPlan } from './actions.ts';

const time = NOW.toISOString();
const afterTimeout = new Date(NOW.getTime() + 600_000);
const begun: VMOperationStatus = { phase: 'Running', startTime: time, fromEpoch: 1, vmUid: UID };
const change = { before: { running: false }, after: { running: true } };
const started: VMOperationStatus = { ...begun, change, steps: [{ name: 'start', startTime: time }] };
const cancelled = { phase: 'Cancelled', message: 'Cancelled on request' } as const;
const failed = { phase: 'Failed', message: 'Not done within 10m' } as const;

const vm = (running: boolean, status: VirtualMachine['status'] = {}): VirtualMachine =>
  aVirtualMachine({
    spec: { running },
    status: { phase: 'Stopped', epoch: 1, disks: [{ name: 'root', format: 'qcow2' }], ...status },
  });

const start = (status: VMOperationStatus | undefined, spec: Partial<VMOperation['spec']> = {}): VMOperation =>
  anOperation('start', { status, spec });

function snapshot(status: VMSnapshot['status'], by = 'op-start'): VMSnapshot {
  return {
    apiVersion: 'hypersdk.io/v1alpha1',
    kind: 'VMSnapshot',
    metadata: { name: 'start-before', uid: 'before', annotations: { 'hypersdk.io/made-by': by } },
    spec: { vmRef: { name: 'web' }, includeMemory: false, quiesce: true, method: 'disk' },
    status,
  };
}
const ready = snapshot({ phase: 'Ready', readyToRestore: true, disks: [{ name: 'root' }] });

function safety(changes: Partial<ObservedSafety> = {}): Pick<ObservedOperation, 'safety'> {
  const claims = new Map([['web-root', aClaim()]]);
  const disks = resolveDisks({ ...anObservation({ vm: vm(true) }), claims });
  return {
    safety: {
      ...{
        disks,
        claims,
        linkedClones: [],
        place: {},
        keeper: undefined,
        config,
        snapshot: undefined,
      },
      ...changes,
    },
  };
}

function keeper(exitCode?: number, message = ''): Pod {
  const state =
    exitCode === undefined ? { running: {} } : { terminated: { exitCode, message, finishedAt: time } };
  const container = { name: 'keeper', image: '', imageID: '', ready: true, restartCount: 0, state };
  return {
    metadata: { name: 'start-restore', namespace: 'default', uid: 'pod' },
    status: { phase: exitCode === undefined ? 'Running' : 'Succeeded', containerStatuses: [container] },
  };
}
const restored = keeper(0, JSON.stringify({ phase: 'Ready', disks: [] }));
const broken = keeper(
  1,
  JSON.stringify({ phase: 'Failed', problem: { reason: 'Broken', message: 'It is broken' } }),
);

interface Row {
  readonly when: string;
  readonly observed: Partial<ObservedOperation> & Pick<ObservedOperation, 'operation'>;
  readonly at?: Date;
  readonly phase: string;
  readonly step?: string;
  readonly message?: RegExp;
  readonly actions?: readonly string[];
}

const safe = { preSnapshot: true };
const sure = { rollbackOnFailure: true };
const before: VMOperationStatus = { ...begun, change, steps: [{ name: 'snapshotBefore', startTime: time }] };
const rollingBack: VMOperationStatus = {
  ...{ ...started, change: undefined, ending: failed, snapshot: 'start-before' },
  steps: [...(started.steps ?? []), { name: 'rollback', startTime: time }],
};

const rows: Row[] = [
  {
    when: 'it has begun, spec is written and then never again',
    observed: { operation: start({ ...begun, change }) },
    ...{ phase: 'Running', step: 'start', actions: ['patchVm {"running":true}'] },
  },
  {
    when: 'it is cancelled before it wrote anything, it has ended',
    observed: { operation: start({ ...begun, change }, { cancel: true }) },
    ...{ phase: 'Cancelled', message: /^Cancelled on request$/ },
  },
  {
    when: 'it is cancelled, that is written before anything is undone',
    observed: { operation: start(started, { cancel: true }), vm: vm(true) },
    ...{ phase: 'Running', step: 'start', message: /^Undoing what was begun: Cancelled on request/ },
  },
  {
    when: 'its time is over, that is written before anything is undone',
    observed: { operation: start(started), vm: vm(true) },
    ...{ at: afterTimeout, phase: 'Running', step: 'start', message: /Undoing.*: Not done within 10m/ },
  },
  {
    when: 'it is being undone, what it wrote of spec is written back',
    observed: { operation: start({ ...started, ending: cancelled }), vm: vm(true) },
    ...{ phase: 'Running', step: 'undo', actions: ['patchVm {"running":false}'] },
  },
  {
    when: 'what it wrote was not set before, it is taken away',
    observed: {
      operation: start({ ...started, change: { ...change, before: {} }, ending: cancelled }),
      vm: vm(true),
    },
    ...{ phase: 'Running', step: 'undo', actions: ['patchVm {"running":null}'] },
  },
  {
    when: 'spec is as it was, or as somebody wrote since, it has ended',
    observed: { operation: start({ ...started, ending: cancelled }), vm: vm(false) },
    phase: 'Cancelled',
  },
  {
    when: 'another VM has the name meanwhile, that is left alone',
    observed: {
      operation: start({ ...started, ending: failed }),
      vm: aVirtualMachine({ spec: { running: true }, metadata: { uid: 'another' } }),
    },
    phase: 'Failed',
  },
  {
    when: 'the guest has power by its word alone, it waits until that is taken back',
    observed: {
      operation: start({ ...started, change: undefined, fromPower: 'Off', ending: cancelled }),
      vm: vm(true, { power: { desired: 'On', since: time, by: 'start' } }),
    },
    ...{ phase: 'Running', step: 'undo' },
  },
  {
    when: 'a snapshot comes before it, that is its first step',
    observed: { operation: start(undefined, safe), ...safety() },
    ...{ phase: 'Running', step: 'snapshotBefore' },
  },
  {
    when: 'that step has begun, the snapshot is asked for and spec left alone',
    observed: { operation: start(before, safe), ...safety() },
    ...{ phase: 'Running', step: 'snapshotBefore', actions: ['createSnapshot start-before'] },
  },
  {
    when: 'the snapshot is being taken, it waits',
    observed: { operation: start(before, safe), ...safety({ snapshot: snapshot({ phase: 'Creating' }) }) },
    ...{ phase: 'Running', step: 'snapshotBefore' },
  },
  {
    when: 'the snapshot is ready, it goes on',
    observed: { operation: start(before, safe), ...safety({ snapshot: ready }) },
    ...{ phase: 'Running', step: 'start', actions: ['patchVm {"running":true}'] },
  },
  {
    when: 'the snapshot failed, it fails with nothing begun, and what is left of that goes',
    observed: { operation: start(before, safe), ...safety({ snapshot: snapshot({ phase: 'Failed' }) }) },
    ...{ phase: 'Running', message: /No snapshot could be taken first/ },
  },
  {
    when: 'it is cancelled while the snapshot is taken, that goes, too',
    observed: {
      operation: start({ ...before, ending: cancelled }, safe),
      ...safety({ snapshot: snapshot({ phase: 'Creating' }) }),
    },
    ...{ phase: 'Running', step: 'undo', actions: ['deleteSnapshot start-before'] },
  },
  {
    when: 'somebody else has a snapshot of that name, it is refused',
    observed: {
      operation: start(undefined, safe),
      ...safety({ snapshot: snapshot({ phase: 'Ready' }, 'another') }),
    },
    ...{ phase: 'Failed', message: /VMSnapshot start-before exists already/ },
  },
  {
    when: 'the VM has as many snapshots as it may have, it is refused',
    observed: {
      operation: start(undefined, safe),
      vm: aVirtualMachine({ ...vm(false), spec: { snapshot: { maxCount: 1 } } }),
      family: [aSnapshot({ phase: 'Ready', vmUid: UID }, { metadata: held })],
      ...safety(),
    },
    ...{ phase: 'Failed', message: /no snapshot can be taken first: .* has 1 snapshots/ },
  },
  {
    when: 'its name leaves none for a snapshot before it, it is refused',
    observed: {
      operation: {
        ...start(undefined, safe),
        metadata: { ...start(undefined, safe).metadata, name: 'a'.repeat(57) },
      },
      ...safety(),
    },
    ...{ phase: 'Failed', message: /would have 64 characters of 63: name the operation with 56 at most/ },
  },
  {
    when: 'it failed and is to be rolled back, its disks are waited for',
    observed: {
      operation: start({ ...started, change: undefined, ending: failed, snapshot: 'start-before' }, sure),
      ...safety({ snapshot: ready }),
    },
    ...{ phase: 'Running', step: 'rollback' },
  },
  {
    when: 'the disks are held for it, they go back',
    observed: {
      operation: start(rollingBack, sure),
      vm: vm(true, { disksHeldFor: 'op-start' }),
      ...safety({ snapshot: ready }),
    },
    ...{ phase: 'Running', step: 'rollback', actions: ['createWorker start-restore'] },
  },
  {
    when: 'they have gone back, it has failed',
    observed: { operation: start(rollingBack, sure), ...safety({ snapshot: ready, keeper: restored }) },
    ...{ phase: 'Failed', message: /Rolled back to VMSnapshot start-before$/ },
  },
  {
    when: 'they cannot go back, it has failed and says where they are',
    observed: { operation: start(rollingBack, sure), ...safety({ snapshot: ready, keeper: broken }) },
    ...{ phase: 'Failed', message: /Not rolled back: It is broken; VMSnapshot start-before holds the disks/ },
  },
  {
    when: 'somebody deleted the snapshot, it has failed and says so',
    observed: { operation: start(rollingBack, sure), ...safety() },
    ...{ phase: 'Failed', message: /Not rolled back: VMSnapshot start-before is gone/ },
  },
  {
    when: 'it is cancelled, nothing is rolled back',
    observed: {
      operation: start({ ...started, change: undefined, ending: cancelled }, sure),
      ...safety({ snapshot: ready }),
    },
    phase: 'Cancelled',
  },
  {
    when: 'it has ended after a rollback, the pod that did it goes',
    observed: {
      operation: start({ ...rollingBack, phase: 'Failed', ending: undefined }, sure),
      ...safety({ snapshot: ready, keeper: restored }),
    },
    ...{ phase: 'Failed', actions: ['deleteWorker start-restore'] },
  },
];

function summary({ actions }: OperationPlan): string[] {
  return actions.map((action) => {
    if ('patch' in action) return `${action.type} ${JSON.stringify(action.patch)}`;
    if ('snapshot' in action) return `${action.type} ${action.snapshot.metadata.name}`;
    return 'pod' in action ? `${action.type} ${action.pod.metadata.name}` : action.type;
  });
}

describe('an operation start, when', () => {
  for (const { when, observed, at = NOW, phase, step, message, actions = [] } of rows) {
    it(when, () => {
      const planned = planOperation(powerKinds.start, { vm: vm(false), others: [], ...observed }, at);
      assert.deepEqual([planned.status.phase, summary(planned)], [phase, actions], planned.status.message);
      if (step !== undefined) assert.equal(planned.status.steps?.at(-1)?.name, step);
      if (message) assert.match(planned.status.message ?? '', message);
    });
  }

  it('goes on, has the snapshot before it on record, whoever made that', () => {
    const found = { vm: vm(false), others: [], ...safety({ snapshot: ready }) };
    const planned = planOperation(powerKinds.start, { operation: start(before, safe), ...found }, NOW);
    assert.equal(planned.status.snapshot, 'start-before');
  });

  it('ends, tells when each of its steps did', () => {
    const status = { ...started, ending: cancelled };
    const planned = planOperation(
      powerKinds.start,
      { operation: start(status), vm: vm(false), others: [] },
      afterTimeout,
    );
    const ended = afterTimeout.toISOString();
    assert.deepEqual(planned.status.steps, [{ name: 'start', startTime: time, completionTime: ended }]);
    assert.equal(planned.status.completionTime, ended);
    assert.equal(planned.status.ending, undefined);
  });
});
