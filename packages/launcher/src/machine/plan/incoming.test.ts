import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MachineIncoming } from '@hypersdk/api/machine';
import { machineSpec } from '../../testing/machine-spec.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import { planIncoming } from './incoming.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
const incoming: MachineIncoming = {
  ...{ id: 'a', memoryPort: 1, diskPort: 2, mirrored: [], streams: 1, acceleration: 'tcg', source: 'web-1' },
  postCopy: true,
};
// Of a machine whose guest has gone before its memory no more is looked at.
const observed = {
  spec: machineSpec({ incoming }),
  record: { migration: { id: 'a', state: 'ahead' } },
} as Observed;

type Status = NonNullable<RunningQemu['migration']>['status'];

const qemu = (status: Status, seconds: number): RunningQemu => ({
  ...{ state: 'running', status: 'running', version: '10.0.0', machine: 'pc-q35-10.0', startTime: undefined },
  ...{ cpus: 1, disks: [], networks: [], detached: [], silent: false },
  migration: { status },
  sentUntil: new Date(NOW.getTime() - 1000 * seconds),
});

const rows: { when: string; status: Status; seconds: number; isGone: boolean; does: string[] }[] = [
  { when: 'its memory comes', status: 'postcopy-active', seconds: 60, isGone: false, does: [] },
  { when: 'the network is away', status: 'postcopy-paused', seconds: 60, isGone: false, does: [] },
  { when: 'the source is gone', status: 'postcopy-paused', seconds: 0, isGone: true, does: ['quit'] },
  { when: 'the source has just gone', status: 'postcopy-active', seconds: 1, isGone: true, does: [] },
  {
    when: 'the source is gone without a word',
    status: 'postcopy-active',
    seconds: 11,
    isGone: true,
    does: ['quit'],
  },
  { when: 'all is there', status: 'completed', seconds: 60, isGone: true, does: ['migrate'] },
];

for (const { when, status, seconds, isGone, does } of rows) {
  it(`a guest that has gone before its memory ${does[0] === 'quit' ? 'is given up' : 'runs on'} when ${when}`, () => {
    const { actions } = planIncoming(
      observed,
      { ...incoming, ...(isGone && { takeOver: true }) },
      qemu(status, seconds),
      NOW,
    );
    assert.deepEqual(
      actions.map(({ type }) => type),
      does,
    );
  });
}
