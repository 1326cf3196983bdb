import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { running, up, later, summary } from '../../testing/plan-table.ts';
import { plan } from './plan.ts';

describe('a VM that is deleted', () => {
  const vm = aVirtualMachine({ metadata: { deletionTimestamp: NOW.toISOString() }, status: up });
  it('powers its guest down first', () => {
    const planned = plan(anObservation({ vm, pods: [aPod(vm, 1)] }), NOW);
    assert.deepEqual(summary(planned), ['deletePod web-1']);
  });
  it('is told once that its guest goes, however often one looks', () => {
    const pods = [aPod(vm, 1, { metadata: { deletionTimestamp: NOW.toISOString() } })];
    const first = plan(anObservation({ vm, pods }), NOW);
    const second = plan(anObservation({ vm: { ...vm, status: first.status }, pods }), later(1));
    assert.deepEqual(second.status, first.status);
  });
  it('listens to its launcher until the pod is gone', () => {
    const pods = [aPod(vm, 1, { metadata: { deletionTimestamp: NOW.toISOString() } })];
    assert.ok(plan(anObservation({ vm, pods, machine: aMachine(vm, 1) }), NOW).follow);
  });
  it('warns once of a guest that had to be forced off', () => {
    const pods = [aPod(vm, 1, { metadata: { deletionTimestamp: NOW.toISOString() } })];
    const exit = {
      reason: 'host-forced',
      time: NOW.toISOString(),
      message: 'It did not power down.',
    } as const;
    const machine = aMachine(vm, 1, { phase: 'Stopped', exit });
    const first = plan(anObservation({ vm, pods, machine }), NOW);
    const event = { type: 'Warning', reason: 'GuestForcedOff', message: 'It did not power down.' };
    assert.deepEqual(first.events, [event]);
    const second = plan(anObservation({ vm: { ...vm, status: first.status }, pods, machine }), later(1));
    assert.deepEqual(second.events, []);
  });
  it('does not wait for its guest when an operation forces the deletion', () => {
    const metadata = { deletionTimestamp: NOW.toISOString(), deletionGracePeriodSeconds: 45 };
    const pods = [aPod(vm, 1, { metadata })];
    const operations = [anOperation('delete', { status: running, spec: { force: true } })];
    const planned = plan(anObservation({ vm, pods, operations, machine: aMachine(vm, 1) }), NOW);
    assert.deepEqual(summary(planned), ['deletePod web-1', 'putMachine']);
  });
  it('is left alone once no pod is left, with nothing more written', () => {
    const planned = plan(anObservation({ vm }), NOW);
    assert.deepEqual(summary(planned), []);
    assert.equal(planned.status, vm.status);
  });
});
