import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MachineState } from '@hypersdk/api/machine';
import { machineSpec } from '../testing/machine-spec.ts';
import { isReady } from './readiness.ts';

const NOW = new Date('2026-01-01T00:01:00Z');
const state = (changes: Partial<MachineState>): MachineState => ({
  ...{ epoch: 1, phase: 'Running', specDigest: '', disks: [], restartAwaiting: [] },
  ...changes,
});
const reboots = (lastTime: string): MachineState['reboots'] => ({ count: 1, lastTime });

const migrating = (phase: 'CopyingMemory' | 'PostCopy') =>
  state({ migration: { id: 'a', direction: 'out', phase } });

const rows = [
  { when: 'nothing is known yet', given: undefined, ready: false },
  { when: 'the guest runs', given: state({}), ready: true },
  { when: 'it is paused', given: state({ phase: 'Paused' }), ready: false },
  { when: 'it has just rebooted', given: state({ reboots: reboots('2026-01-01T00:00:46Z') }), ready: false },
  {
    when: 'it rebooted a while ago',
    given: state({ reboots: reboots('2026-01-01T00:00:45Z') }),
    ready: true,
  },
  { when: 'it is sent elsewhere', given: migrating('CopyingMemory'), ready: true },
  { when: 'it runs elsewhere, and its memory follows', given: migrating('PostCopy'), ready: false },
];

const answering = (connection: 'Connected' | 'NotConnected') => state({ guestAgent: { connection } });

const agentRows = [
  { when: 'nobody asks for its agent', readiness: false, given: answering('NotConnected'), ready: true },
  { when: 'its agent is wanted and has not been heard of', readiness: true, given: state({}), ready: false },
  { when: 'its agent is wanted and gone', readiness: true, given: answering('NotConnected'), ready: false },
  { when: 'its agent is wanted and answers', readiness: true, given: answering('Connected'), ready: true },
];

for (const { when, readiness, given, ready } of agentRows) {
  it(`is ${ready ? 'ready' : 'not ready'} when ${when}`, () => {
    assert.equal(isReady(given, { guestAgent: { readiness } }, NOW), ready);
  });
}

for (const { when, given, ready } of rows) {
  it(`is ${ready ? 'ready' : 'not ready'} when ${when}`, () => {
    assert.equal(isReady(given, machineSpec(), NOW), ready);
  });
}
