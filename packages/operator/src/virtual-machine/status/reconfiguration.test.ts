import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachineStatus } from '@hypersdk/api';
import { aVirtualMachine } from '../../testing/machines.ts';
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
    after: { ...up, restartAwaitingChanges: [] },
    ...{ outcome: 'succeeded', event: 'ReconfigureCompleted' },
  },
  {
    when: 'the guest of a change that waits is off',
    before: awaiting,
    after: { phase: 'Stopped', restartAwaitingChanges: [] },
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

  it('begins with a change of spec under a running guest', () => {
    const begun = (metadata: { generation: number }, status: VirtualMachineStatus) =>
      reconfigurationBegun(aVirtualMachine({ metadata, status })).map(({ reason }) => reason);
    assert.deepEqual(begun({ generation: 2 }, up), ['ReconfigureStarted']);
    assert.deepEqual(begun({ generation: 1 }, up), []);
    assert.deepEqual(begun({ generation: 2 }, { ...up, phase: 'Stopped' }), []);
  });
});
