import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineState } from '@hypersdk/api';
import { aVirtualMachine } from '../../testing/machines.ts';
import { isBeingRenewed, sharesIdentity } from './shares-identity.ts';

const said = aVirtualMachine({
  status: {
    conditions: [
      {
        ...{ type: 'SharesIdentity', status: 'True', reason: 'WaitingForGuest', message: '' },
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
  },
});
const state = (inherited?: MachineState['inherited'], isAnswering = false): MachineState => ({
  ...{ epoch: 1, phase: 'Running', specDigest: '', disks: [], restartAwaiting: [] },
  ...(inherited && { inherited }),
  ...(isAnswering && { guestAgent: { connection: 'Connected' } }),
});

const rows: { when: string; machine?: MachineState; vm?: typeof said; told: string[]; follow?: true }[] = [
  { when: 'it is no clone', machine: state(), told: [] },
  {
    when: 'its interfaces are being exchanged',
    machine: state({ networks: ['default'], guest: true }),
    ...{ told: ['True ExchangingInterfaces'], follow: true },
  },
  {
    when: 'no agent answers',
    machine: state({ networks: [], guest: true }),
    told: ['True WaitingForGuest'],
  },
  {
    when: 'its agent is at it',
    machine: state({ networks: [], guest: true }, true),
    ...{ told: ['True WaitingForGuest'], follow: true },
  },
  {
    when: 'its agent could not',
    machine: {
      ...state({ networks: [], guest: true }, true),
      problem: { reason: 'IdentityNotRenewed', message: '' },
    },
    ...{ told: ['True IdentityNotRenewed'], follow: true },
  },
  {
    when: 'it has become another',
    machine: state({ networks: [], guest: false }),
    told: ['False OwnIdentity'],
  },
  { when: 'it was started anew', machine: state(), vm: said, told: ['False OwnIdentity'] },
  { when: 'nobody answers, what was said', vm: said, told: [] },
];

describe('the condition SharesIdentity', () => {
  for (const { when, machine, vm = aVirtualMachine(), told, follow = false } of rows) {
    it(`is told when ${when}`, () => {
      const updates = sharesIdentity({ vm }, { ...(machine && { machine }) });
      assert.deepEqual(
        updates.map(({ status, reason }) => `${status} ${reason}`),
        told,
      );
      assert.equal(machine !== undefined && isBeingRenewed(machine), follow);
    });
  }
});
