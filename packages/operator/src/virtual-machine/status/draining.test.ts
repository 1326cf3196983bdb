import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  setCondition,
  type VirtualMachine,
  type VirtualMachineStatus,
  type VMOperation,
} from '@hypersdk/api';
import { drainOperation } from '../../drain/operation.ts';
import { anObservation, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { draining, drainEvents } from './draining.ts';

const up: VirtualMachineStatus = { phase: 'Running', epoch: 1 };
const made = (status: VMOperation['status']): VMOperation => ({
  ...drainOperation({ vm: aVirtualMachine({ status: up }), node: 'node-1', attempt: 1, timeout: '1h' }),
  ...(status && { status }),
});
const highAvailability = (
  evictionStrategy: 'Shutdown' | 'None',
): VirtualMachine['spec']['highAvailability'] => ({
  enabled: true,
  restartPolicy: 'Always',
  restartDelay: '10s',
  evictionStrategy,
});

interface Row {
  readonly when: string;
  readonly operations?: readonly VMOperation[];
  readonly spec?: Partial<VirtualMachine['spec']>;
  readonly obstacle?: string;
  readonly reason: string;
  readonly message: RegExp;
}

const rows: readonly Row[] = [
  { when: 'its turn has not come', reason: 'Waiting', message: /5 VMs at a time, 2 of one node/ },
  {
    when: 'it is on its way',
    operations: [made({ phase: 'Running', message: 'Its memory is being copied' })],
    ...{ reason: 'Migrating', message: /^VMOperation web-drain-1-1: Its memory/ },
  },
  {
    when: 'something else is under way',
    operations: [anOperation('snapshot', { status: { phase: 'Running' } })],
    ...{ reason: 'Waiting', message: /VMOperation snapshot is first/ },
  },
  {
    when: 'an attempt has failed',
    operations: [made({ phase: 'Failed', completionTime: NOW.toISOString(), message: 'No room' })],
    ...{ reason: 'Retrying', message: /^No room; another attempt follows at 2026-01-02T03:04:35/ },
  },
  { when: 'it cannot move', obstacle: 'It has a lead', reason: 'Blocked', message: /^It has a lead$/ },
  {
    when: 'it is to stay',
    spec: { highAvailability: highAvailability('None') },
    ...{ reason: 'Blocked', message: /evictionStrategy None keeps it on node node-1/ },
  },
  {
    when: 'it is to be shut down',
    spec: { highAvailability: highAvailability('Shutdown') },
    ...{ reason: 'ShutsDown', message: /eviction of its pod/ },
  },
];

describe('Draining', () => {
  for (const { when, operations = [], spec = {}, obstacle, reason, message } of rows) {
    it(`is ${reason} when ${when}`, () => {
      const vm = aVirtualMachine({ spec, status: up });
      const observed = anObservation({ vm, drain: { node: 'node-1', operations } });
      const [update] = draining(observed, up, obstacle, NOW);
      assert.deepEqual([update?.status, update?.reason], ['True', reason]);
      assert.match(update?.message ?? '', message);
    });
  }

  it('is said of nobody whose node is not drained, and taken back of who was', () => {
    const plain = anObservation({ vm: aVirtualMachine({ status: up }) });
    assert.deepEqual(draining(plain, up, undefined, NOW), []);
    const conditions = setCondition(
      [],
      { type: 'Draining', status: 'True', reason: 'Waiting', message: '', observedGeneration: 1 },
      NOW,
    );
    const told = anObservation({ vm: aVirtualMachine({ status: { ...up, conditions } }) });
    assert.equal(draining(told, up, undefined, NOW)[0]?.status, 'False');
  });

  it('is told once as an event, and each time that it is blocked by something else', () => {
    const vm = aVirtualMachine({ status: up });
    const drain = { node: 'node-1', operations: [] };
    const withDrain = (obstacle: string | undefined, before: VirtualMachineStatus): VirtualMachineStatus => {
      const [update] = draining(anObservation({ vm, drain }), up, obstacle, NOW);
      assert.ok(update);
      return { ...up, conditions: setCondition(before.conditions ?? [], update, NOW) };
    };
    const steps = [undefined, undefined, 'One', 'One', 'Two', undefined].reduce<{
      before: VirtualMachineStatus;
      events: string[];
    }>(
      ({ before, events }, obstacle) => {
        const after = withDrain(obstacle, before);
        const told = drainEvents({ ...vm, status: before }, after);
        return { before: after, events: [...events, ...told.map(({ reason }) => reason), ';'] };
      },
      { before: up, events: [] },
    );
    assert.equal(steps.events.join(' '), 'Draining ; ; DrainBlocked ; ; DrainBlocked ; Draining ;');
  });
});
