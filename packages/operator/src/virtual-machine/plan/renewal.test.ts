import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine } from '@hypersdk/api';
import { aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { up, later, summary } from '../../testing/plan-table.ts';
import type { Observed } from '../observed.ts';
import { plan } from './plan.ts';

describe("a launcher's certificate", () => {
  const vm = aVirtualMachine({ status: up });
  const written = later(-3600);
  const wanted = { issuer: 'CN=ca', authorities: 'digest', renewal: 60_000, written };
  const identity = { issuer: 'CN=ca', authorities: 'digest', notAfter: later(3600).toISOString() };
  const shown = (changes: Partial<typeof identity>) =>
    aMachine(vm, 1, { identity: { ...identity, ...changes } });
  const unreachable = { type: 'unreachable', address: { host: '10.0.0.7', certificateName: 'web' } } as const;
  const justWritten = { ...wanted, written: later(-60) };
  const rows: readonly {
    when: string;
    machine: Observed['machine'];
    wanted?: Observed['identity'];
    actions: string[];
    requeueAfter: number | undefined;
  }[] = [
    { when: 'is left alone until its time', machine: shown({}), actions: [], requeueAfter: 3_540_000 },
    {
      when: 'is renewed before its end',
      machine: shown({ notAfter: later(59).toISOString() }),
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    {
      when: 'is renewed when another authority signs',
      machine: shown({ issuer: 'CN=old' }),
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    {
      when: 'is renewed when other authorities are trusted',
      machine: shown({ authorities: 'other' }),
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    {
      when: 'is not written again while kubelet carries it',
      machine: shown({ issuer: 'CN=old' }),
      wanted: justWritten,
      actions: [],
      requeueAfter: 120_000,
    },
    {
      when: 'is renewed when it is not accepted any more',
      machine: { ...unreachable, isDistrusted: true },
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    { when: 'is not guessed at in silence', machine: unreachable, actions: [], requeueAfter: undefined },
    {
      when: 'is no business of a launcher that does not tell',
      machine: aMachine(vm, 1),
      actions: [],
      requeueAfter: undefined,
    },
  ];
  for (const { when, machine, actions, requeueAfter, ...row } of rows) {
    it(when, () => {
      const observed = anObservation({
        vm,
        pods: [aPod(vm, 1)],
        machine,
        identity: row.wanted ?? wanted,
      });
      const planned = plan(observed, NOW);
      assert.deepEqual(summary(planned), actions);
      assert.equal(planned.requeueAfter, requeueAfter);
    });
  }
});

it('plans nothing new when nothing has changed', () => {
  const vm = aVirtualMachine({ status: up });
  const observed = (status: VirtualMachine['status']) => {
    const next = aVirtualMachine({ ...(status && { status }) });
    return anObservation({ vm: next, pods: [aPod(vm, 1)], machine: aMachine(vm, 1) });
  };
  const first = plan(observed(up), NOW);
  const second = plan(observed(first.status), later(60));
  assert.deepEqual(second.status, first.status);
  assert.deepEqual(second.events, []);
});
