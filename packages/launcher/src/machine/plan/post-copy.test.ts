import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MigrationFigures } from '../../qemu/migration/figures.ts';
import type { RunningQemu } from '../observe/observed.ts';
import { isStalled } from './post-copy.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
const seconds = (ago: number): Date => new Date(NOW.getTime() - 1000 * ago);

function qemu(migration: MigrationFigures, sentUntil: Date): RunningQemu {
  return {
    ...{
      state: 'running',
      status: 'finish-migrate',
      version: '10.0.0',
      machine: 'pc-q35-10.0',
      startTime: undefined,
    },
    ...{ cpus: 1, disks: [], networks: [], detached: [], silent: false, migration, sentUntil },
  };
}

const rows: { when: string; migration: MigrationFigures; ago: number; stalled: boolean }[] = [
  { when: 'memory is sent', migration: { status: 'postcopy-active', remaining: 1 }, ago: 9, stalled: false },
  {
    when: 'nothing was sent for long',
    migration: { status: 'postcopy-active', remaining: 1 },
    ago: 11,
    stalled: true,
  },
  {
    when: 'nothing is left',
    migration: { status: 'postcopy-active', remaining: 0 },
    ago: 11,
    stalled: false,
  },
  {
    when: 'another connection is made',
    migration: { status: 'postcopy-recover-setup' },
    ago: 9,
    stalled: false,
  },
  {
    when: 'another connection does not come',
    migration: { status: 'postcopy-recover-setup' },
    ago: 11,
    stalled: true,
  },
  { when: 'it says nothing either', migration: { status: 'postcopy-recover' }, ago: 11, stalled: true },
  {
    when: 'the guest has not gone yet',
    migration: { status: 'active', remaining: 1 },
    ago: 11,
    stalled: false,
  },
];

for (const { when, migration, ago, stalled } of rows) {
  it(`memory that follows its guest is ${stalled ? '' : 'not '}stalled where ${when}`, () => {
    assert.equal(isStalled(qemu(migration, seconds(ago)), NOW), stalled);
  });
}
