import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VirtualMachineStatus } from '@hypersdk/api';
import { aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { running } from '../../testing/plan-table.ts';
import type { Observed } from '../observed.ts';
import { plan } from '../plan/plan.ts';
import { reconfigurationBegun, reconfigurationEvents, reconfigured } from './reconfiguration.ts';

const up: VirtualMachineStatus = { phase: 'Running', observedGeneration: 1 };
const awaiting: VirtualMachineStatus = {
  ...up,
  restartAwaitingChanges: [{ field: 'cpus', now: '1', wanted: '2' }],
};

interface Row {
  readonly when: string;
  readonly before?: VirtualMachineStatus;
  readonly after: VirtualMachineStatus;
  readonly outcome?: string;
  readonly event?: string;
}

const rows: Row[] = [
  { when: 'nothing changes', before: awaiting, after: awaiting },
  { when: 'the VM is new', after: { phase: 'Pending' } },
  {
    when: 'a change is made under the running guest',
    before: up,
    after: { ...up, lastReconfigureTime: '2026-01-02T03:04:05Z' },
    ...{ outcome: 'succeeded', event: 'ReconfigureCompleted' },
  },
  {
    when: 'a change has to wait for the next start',
    before: up,
    after: awaiting,
    ...{ outcome: 'power_cycle_needed', event: 'ReconfigurePowerCycle' },
  },
  {
    when: 'the next start has made it',
    before: awaiting,
    after: { ...up, restartAwaitingChanges: [], lastReconfigureTime: '2026-01-02T03:04:05Z' },
    ...{ outcome: 'succeeded', event: 'ReconfigureCompleted' },
  },
  {
    when: 'the guest of a change that waits is off',
    before: awaiting,
    after: { ...awaiting, phase: 'Stopped' },
  },
];

describe('a reconfiguration', () => {
  for (const { when, before, after, outcome, event } of rows) {
    it(`is told, and counted, when ${when}`, () => {
      const vm = aVirtualMachine(before ? { status: before } : {});
      assert.equal(reconfigured(vm, after), outcome);
      const told = reconfigurationEvents(vm, after).map(({ reason }) => reason);
      assert.deepEqual(told, event === undefined ? [] : [event]);
    });
  }

  it('by a power cycle is told once the guest is up again, and not before', () => {
    const told: (readonly [string, readonly string[], boolean])[] = [];
    let status: VirtualMachine['status'] = { ...awaiting, epoch: 1, podName: 'web-1' };
    const look = (when: string, looksAt: (vm: VirtualMachine) => Partial<Observed>): void => {
      const vm = aVirtualMachine({ spec: { running: when !== 'off' }, status: status ?? {} });
      const planned = plan(anObservation({ vm, ...looksAt(vm) }), NOW);
      const reasons = planned.events
        .map(({ reason }) => reason)
        .filter((reason) => /^Reconfigure/.test(reason));
      told.push([when, reasons, planned.status.lastReconfigureTime !== undefined]);
      status = planned.status;
    };
    look('off', () => ({}));
    look('made', () => ({}));
    const at = (phase: 'Preparing' | 'Running') => (vm: VirtualMachine) => ({
      pods: [aPod(vm, 2, { status: running })],
      machine: aMachine(vm, 2, { phase }),
    });
    look('starting', at('Preparing'));
    look('up', at('Running'));
    assert.deepEqual(told, [
      ['off', [], false],
      ['made', [], false],
      ['starting', [], false],
      ['up', ['ReconfigureCompleted'], true],
    ]);
  });

  it('begins with a change of spec under a running guest', () => {
    const begun = (metadata: { generation: number }, status: VirtualMachineStatus) =>
      reconfigurationBegun(aVirtualMachine({ metadata, status })).map(({ reason }) => reason);
    assert.deepEqual(begun({ generation: 2 }, up), ['ReconfigureStarted']);
    assert.deepEqual(begun({ generation: 1 }, up), []);
    assert.deepEqual(begun({ generation: 2 }, { ...up, phase: 'Stopped' }), []);
  });
});
