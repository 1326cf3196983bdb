import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineMigration } from '@hypersdk/api/machine';
import { machineSpec } from '../../testing/machine-spec.ts';
import { migrationState } from './migration-state.ts';
import type { Observed } from '../observe/observed.ts';
import type { MachineRecord, MigrationRecord } from '../record.ts';

const ID = 'aaaaaaaa-0000-4000-8000-000000000000';
const spec = machineSpec({
  incoming: {
    ...{ id: ID, memoryPort: 7102, diskPort: 7103, mirrored: [], streams: 1 },
    ...{ source: 'web', acceleration: 'tcg' },
  },
});
const exit = { reason: 'qemu-error', time: '2026-01-02T03:04:05Z' } as const;

/** Of a target whose QEMU has ended. */
function ended(migration: MigrationRecord['state'] | undefined, record: MachineRecord): Observed {
  return {
    ...{ spec, specDigest: '', powerdownRequested: false, qemu: { state: 'gone', declined: false } },
    record: { ...record, ...(migration && { migration: { id: ID, state: migration } }) },
    ...{ disks: [], unmounted: [], seedPresent: false, firmwareReady: true, networkReady: true },
    ...{ acceleration: undefined, freeBytes: undefined, lastGoOn: undefined, lastNudge: undefined },
    ...{ jobs: new Map(), guestAgent: undefined, newReboots: undefined, frozen: undefined, dropped: [] },
    ...{ savedMemory: undefined, goAhead: ID, handOver: undefined, identity: undefined },
  };
}

const rows: {
  when: string;
  migration?: MigrationRecord['state'];
  phase: MachineMigration['phase'];
}[] = [
  { when: 'it was never let go on: the source takes the guest back', phase: 'Failed' },
  { when: 'it was about to be let go on, and may have been', migration: 'arriving', phase: 'Done' },
  { when: 'it went before its memory', migration: 'ahead', phase: 'Done' },
  { when: 'it was here', migration: 'arrived', phase: 'Done' },
];

describe('what a source is told of a guest whose target has ended', () => {
  for (const { when, migration, phase } of rows) {
    it(`is ${phase} when ${when}`, () => {
      for (const record of [{}, { exit }])
        assert.equal(migrationState(ended(migration, record), undefined)?.phase, phase);
    });
  }
});
