import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Operation, VirtualMachine, VMOperation } from '@hypersdk/api';
import { aVirtualMachine, NOW, UID } from '../testing/machines.ts';
import { anOperation } from '../testing/operations.ts';
import { deleteKind } from './delete/kind.ts';
import type { OperationKind } from './kind.ts';
import type { ObservedOperation } from './observed.ts';
import { planOperation } from './plan.ts';
import { powerKinds } from './power/kinds.ts';

const kinds: Partial<Record<Operation, OperationKind>> = { ...powerKinds, delete: deleteKind };
function planned(observed: ObservedOperation, at: Date) {
  const kind = kinds[observed.operation.spec.operation];
  assert.ok(kind);
  return planOperation(kind, observed, at);
}

const later = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();
const isRunning = (epoch: number): VirtualMachine['status'] => ({
  phase: 'Running',
  epoch,
  observedGeneration: 1,
  conditions: [
    { type: 'Running', status: 'True', reason: 'Running', message: '', lastTransitionTime: later(0) },
  ],
});
const begun = (operation: VMOperation['spec']['operation'], fromEpoch = 1): VMOperation =>
  anOperation(operation, { status: { phase: 'Running', startTime: later(0), fromEpoch, vmUid: UID } });

const named = (name: string, { metadata, ...rest }: VMOperation): VMOperation => ({
  ...{ ...rest, metadata: { ...metadata, name } },
});

interface Row {
  readonly when: string;
  readonly operation: VMOperation;
  readonly vm?: VirtualMachine | undefined;
  readonly others?: VMOperation[];
  readonly at?: number;
  readonly phase: string;
  readonly message?: RegExp;
  readonly patch?: object;
}

const stopped = aVirtualMachine({
  spec: { running: false },
  status: { phase: 'Stopped', epoch: 1, observedGeneration: 1 },
});

const rows: Row[] = [
  {
    when: 'a stop writes the field that spec uses',
    operation: anOperation('stop'),
    vm: aVirtualMachine({ spec: { running: true } }),
    phase: 'Running',
    patch: { running: false },
  },
  {
    when: 'a stop of a VM that names neither field writes running',
    operation: anOperation('stop'),
    vm: aVirtualMachine(),
    phase: 'Running',
    patch: { running: false },
  },
  {
    when: 'a start keeps to runStrategy',
    operation: anOperation('start'),
    vm: aVirtualMachine({ spec: { runStrategy: 'Halted' } }),
    phase: 'Running',
    patch: { runStrategy: 'Always' },
  },
  {
    when: 'with Manual, spec is left alone',
    operation: anOperation('start'),
    vm: aVirtualMachine({ spec: { runStrategy: 'Manual' } }),
    phase: 'Running',
  },
  {
    when: 'an operation on a missing VM fails and says so',
    operation: anOperation('start'),
    phase: 'Failed',
    message: /VirtualMachine web does not exist/,
  },
  {
    when: 'a start is done when the guest runs',
    operation: begun('start'),
    vm: aVirtualMachine({ status: isRunning(2) }),
    phase: 'Succeeded',
  },
  {
    when: 'a start is not done by what was true before spec changed',
    operation: begun('start'),
    vm: aVirtualMachine({ status: isRunning(1), metadata: { generation: 2 } }),
    phase: 'Running',
  },
  { when: 'a stop is done when the guest is off', operation: begun('stop'), vm: stopped, phase: 'Succeeded' },
  {
    when: 'a restart is not done by the guest that ran before',
    operation: begun('restart', 2),
    vm: aVirtualMachine({ status: isRunning(2) }),
    phase: 'Running',
  },
  {
    when: 'a restart is done in a later epoch',
    operation: begun('restart', 2),
    vm: aVirtualMachine({ status: isRunning(3) }),
    phase: 'Succeeded',
  },
  {
    when: 'an operation fails when its time is over',
    operation: begun('start'),
    vm: stopped,
    at: 601,
    phase: 'Failed',
    message: /Not done within 10m/,
  },
  {
    when: 'operations wait for older ones',
    operation: anOperation('restart', { created: later(1) }),
    vm: aVirtualMachine(),
    others: [begun('start')],
    phase: 'Pending',
    message: /Waiting for operation start/,
  },
  {
    when: 'an operation waits for one that runs, whatever their names are, when both were made within one second',
    operation: anOperation('restart', { name: 'a-restart' }),
    vm: aVirtualMachine(),
    others: [named('z-start', begun('start'))],
    phase: 'Pending',
    message: /Waiting for operation z-start/,
  },
  {
    when: 'one that waits does not hold one that runs back, when both were made within one second',
    operation: named('z-start', begun('start')),
    vm: aVirtualMachine({ status: isRunning(2) }),
    others: [anOperation('restart', { name: 'a-restart' })],
    phase: 'Succeeded',
  },
  {
    when: 'a start supersedes a stop that runs, when both were made within one second',
    operation: named('b-stop', begun('stop')),
    vm: aVirtualMachine(),
    others: [anOperation('start', { name: 'a-start' })],
    phase: 'Cancelled',
    message: /Superseded by a-start/,
  },
  {
    when: 'a stop that runs does not supersede a start of the same second',
    operation: anOperation('start', { name: 'a-start' }),
    vm: aVirtualMachine(),
    others: [named('b-stop', begun('stop'))],
    phase: 'Pending',
    message: /Waiting for operation b-stop/,
  },
  {
    when: 'of two that wait, made within one second, the name decides',
    operation: anOperation('restart', { name: 'b-restart' }),
    vm: aVirtualMachine(),
    others: [anOperation('start', { name: 'a-start' })],
    phase: 'Pending',
    message: /Waiting for operation a-start/,
  },
  {
    when: 'a start after a stop supersedes it',
    operation: begun('stop'),
    vm: aVirtualMachine(),
    others: [anOperation('start', { created: later(1) })],
    phase: 'Cancelled',
    message: /Superseded by start/,
  },
  {
    when: 'a stop supersedes a pause that does not come about',
    operation: begun('pause'),
    vm: aVirtualMachine({ status: isRunning(1) }),
    others: [anOperation('stop', { created: later(1) })],
    phase: 'Cancelled',
    message: /Superseded by stop/,
  },
  {
    when: 'a forced stop does not wait for the graceful one that hangs',
    operation: begun('stop'),
    vm: aVirtualMachine(),
    others: [anOperation('stop', { name: 'now', created: later(1), spec: { force: true } })],
    phase: 'Cancelled',
    message: /Superseded by now/,
  },
  {
    when: 'a forced stop does not wait for a restart that hangs',
    operation: begun('restart'),
    vm: aVirtualMachine({ status: isRunning(1) }),
    others: [anOperation('stop', { name: 'now', created: later(1), spec: { force: true } })],
    phase: 'Cancelled',
    message: /Superseded by now/,
  },
  {
    when: 'a forced stop does not call a deletion off',
    operation: begun('delete'),
    vm: aVirtualMachine({ status: isRunning(1) }),
    others: [anOperation('stop', { name: 'now', created: later(1), spec: { force: true } })],
    phase: 'Running',
  },
  {
    when: 'a second graceful stop waits for the first',
    operation: begun('stop'),
    vm: aVirtualMachine(),
    others: [anOperation('stop', { name: 'again', created: later(1) })],
    phase: 'Running',
  },
  {
    when: 'a dry run supersedes nothing',
    operation: begun('stop'),
    vm: aVirtualMachine(),
    others: [anOperation('start', { created: later(1), spec: { dryRun: true } })],
    phase: 'Running',
  },
  {
    when: 'a guest that does not run cannot be paused',
    operation: anOperation('pause'),
    vm: stopped,
    phase: 'Failed',
    message: /web does not run, it is Stopped: start it first/,
  },
  {
    when: 'a pause is done when the guest stands still on request',
    operation: begun('pause'),
    vm: aVirtualMachine({
      status: { phase: 'Paused', power: { desired: 'Paused', since: later(0), by: 'pause' } },
    }),
    phase: 'Succeeded',
  },
  {
    when: 'a pause is not done by a full disk',
    operation: begun('pause'),
    vm: aVirtualMachine({
      status: { phase: 'Paused', power: { desired: 'On', since: later(0), by: 'spec' } },
    }),
    phase: 'Running',
  },
  {
    when: 'a reset is done when the launcher has carried out this one',
    operation: begun('reset'),
    vm: aVirtualMachine({ status: { ...isRunning(1), lastRequest: 'op-reset' } }),
    phase: 'Succeeded',
  },
  {
    when: 'a reset is not done by an older one',
    operation: begun('reset'),
    vm: aVirtualMachine({ status: { ...isRunning(1), lastRequest: 'op-older' } }),
    phase: 'Running',
  },
  {
    when: 'a reset is done by a guest that was started anew',
    operation: begun('reset'),
    vm: aVirtualMachine({ status: isRunning(2) }),
    phase: 'Succeeded',
  },
  {
    when: 'a delete is done when the VM is gone',
    operation: begun('delete'),
    phase: 'Succeeded',
  },
  {
    when: 'a delete is done when another VM has its name',
    operation: begun('delete'),
    vm: aVirtualMachine({ metadata: { uid: 'another' } }),
    phase: 'Succeeded',
  },
  {
    when: 'a protected VM is not deleted',
    operation: anOperation('delete'),
    vm: aVirtualMachine({ spec: { deletionProtection: true } }),
    phase: 'Failed',
    message: /set it to false first/,
  },
  {
    when: 'a VM that came to be protected meanwhile is not deleted',
    operation: begun('delete'),
    vm: aVirtualMachine({ spec: { deletionProtection: true } }),
    phase: 'Failed',
    message: /set it to false first/,
  },
  {
    when: 'a VM that is going already goes, protected or not',
    operation: begun('delete'),
    vm: aVirtualMachine({
      spec: { deletionProtection: true },
      metadata: { deletionTimestamp: NOW.toISOString() },
    }),
    phase: 'Running',
  },
  {
    when: 'a cancelled operation ends',
    operation: anOperation('start', { spec: { cancel: true } }),
    vm: stopped,
    phase: 'Cancelled',
  },
  {
    when: 'a dry run waits for nobody',
    operation: anOperation('stop', { created: later(1), spec: { dryRun: true } }),
    vm: aVirtualMachine(),
    others: [begun('start')],
    phase: 'Succeeded',
    message: /Dry run/,
  },
  {
    when: 'nobody waits for a dry run',
    operation: anOperation('stop', { created: later(1) }),
    vm: aVirtualMachine(),
    others: [anOperation('start', { spec: { dryRun: true } })],
    phase: 'Running',
    patch: { running: false },
  },
  {
    when: 'a dry run of what cannot be done fails',
    operation: anOperation('reset', { spec: { dryRun: true } }),
    vm: stopped,
    phase: 'Failed',
    message: /start it first/,
  },
  {
    when: 'an operation that waits for its turn is cancelled',
    operation: anOperation('stop', { created: later(1), spec: { cancel: true } }),
    vm: aVirtualMachine(),
    others: [begun('start')],
    phase: 'Cancelled',
    message: /on request/,
  },
  {
    when: 'a dry run changes nothing',
    operation: anOperation('stop', { spec: { dryRun: true } }),
    vm: aVirtualMachine(),
    phase: 'Succeeded',
    message: /Dry run/,
  },
];

describe('an operation', () => {
  for (const { when, operation, vm, others = [], at = 0, phase, message, patch } of rows) {
    it(when, () => {
      const { status } = planned({ operation, vm, others }, new Date(later(at)));
      assert.equal(status.phase, phase);
      assert.deepEqual(status.change?.after, patch);
      if (message) assert.match(status.message ?? '', message);
    });
  }

  it('tells every check, whether it is begun or refused or only tried', () => {
    const checks = (operation: VMOperation, vm?: VirtualMachine) =>
      planned({ operation, vm, others: [] }, NOW).status.preflight?.map(({ check, ok }) => [check, ok]);
    const isProtected = aVirtualMachine({ spec: { deletionProtection: true } });
    const there = ['VirtualMachine', true];
    assert.deepEqual(checks(anOperation('start')), [['VirtualMachine', false]]);
    assert.deepEqual(checks(anOperation('start'), stopped), [there]);
    const refused = [there, ['deletionProtection', false], ['users', true]];
    assert.deepEqual(checks(anOperation('delete'), isProtected), refused);
    assert.deepEqual(checks(anOperation('delete', { spec: { dryRun: true } }), isProtected), refused);
  });

  it('that deletes a VM asks for it once it is begun, and once', () => {
    const vm = aVirtualMachine();
    const observed = (operation: VMOperation, metadata = {}) => ({
      ...{ operation, others: [] },
      vm: { ...vm, metadata: { ...vm.metadata, ...metadata } },
    });
    const deletes = (...of: Parameters<typeof observed>) =>
      planned(observed(...of), NOW).actions.some(({ type }) => type === 'deleteVm');
    assert.ok(!deletes(anOperation('delete')));
    assert.ok(deletes(begun('delete')));
    assert.ok(!deletes(begun('delete'), { deletionTimestamp: later(0) }));
  });

  it('is deleted when its time to live is over, and not before', () => {
    const operation = anOperation('start', {
      spec: { ttlSecondsAfterFinished: 60 },
      status: { phase: 'Succeeded', completionTime: later(0) },
    });
    assert.equal(planned({ operation, vm: stopped, others: [] }, new Date(later(59))).requeueAfter, 1000);
    assert.equal(planned({ operation, vm: stopped, others: [] }, new Date(later(60))).isExpired, true);
  });
});
