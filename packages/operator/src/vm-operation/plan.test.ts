import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import { anOperation, aVirtualMachine, NOW } from '../testing/machines.ts';
import { planOperation } from './plan.ts';

const later = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();
const isRunning = (epoch: number): VirtualMachine['status'] => ({
  phase: 'Running',
  epoch,
  observedGeneration: 1,
  conditions: [
    { type: 'Running', status: 'True', reason: 'Running', message: '', lastTransitionTime: later(0) },
  ],
});
const begun = (operation: 'start' | 'stop' | 'restart', fromEpoch = 1): VMOperation =>
  anOperation(operation, { status: { phase: 'Running', startTime: later(0), fromEpoch } });

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
    when: 'an operation that nothing implements fails and says so',
    operation: anOperation('migrate'),
    vm: stopped,
    phase: 'Failed',
    message: /migrate is not implemented/,
  },
  {
    when: 'an operation that asks for more than is implemented fails instead of doing half',
    operation: anOperation('restart', { spec: { preSnapshot: true } }),
    vm: aVirtualMachine(),
    phase: 'Failed',
    message: /preSnapshot is not implemented/,
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
    when: 'a start after a stop supersedes it',
    operation: begun('stop'),
    vm: aVirtualMachine(),
    others: [anOperation('start', { created: later(1) })],
    phase: 'Cancelled',
    message: /Superseded by start/,
  },
  {
    when: 'a cancelled operation ends',
    operation: anOperation('start', { spec: { cancel: true } }),
    vm: stopped,
    phase: 'Cancelled',
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
      const planned = planOperation({ operation, vm, others }, new Date(later(at)));
      assert.equal(planned.status.phase, phase);
      assert.deepEqual(planned.patch, patch);
      if (message) assert.match(planned.status.message ?? '', message);
    });
  }

  it('is deleted when its time to live is over, and not before', () => {
    const operation = anOperation('start', {
      spec: { ttlSecondsAfterFinished: 60 },
      status: { phase: 'Succeeded', completionTime: later(0) },
    });
    assert.equal(
      planOperation({ operation, vm: stopped, others: [] }, new Date(later(59))).requeueAfter,
      1000,
    );
    assert.equal(planOperation({ operation, vm: stopped, others: [] }, new Date(later(60))).isExpired, true);
  });
});
