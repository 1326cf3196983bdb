import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineGuestAgent } from '@hypersdk/api/machine';
import { machineSpec } from '../../testing/machine-spec.ts';
import { renewalJobs } from './renewal.ts';
import type { MachineRecord } from '../record.ts';

const network = (name: string, mac: string) => ({ name, binding: 'user' as const, mac, ports: [] });
const networks = [network('kept', '52:00:00:00:00:01'), network('main', '52:00:00:00:00:02')];
const spec = machineSpec({ networks });
const renewal = {
  formerMacs: { kept: '52:00:00:00:00:01', main: '52:00:00:00:00:09' },
  hostname: 'clone',
};
const started = { spec, acceleration: { type: 'tcg', reason: '' } } as const;
const clone: MachineRecord = { launch: { ...started, renewal } };
const agent: MachineGuestAgent = { connection: 'Connected' };
const reboots = { count: 1, lastTime: '2026-01-01T00:00:00Z' };

const rows: {
  when: string;
  record?: MachineRecord;
  guestAgent?: MachineGuestAgent;
  status?: string;
  /** That the guest has. */
  has?: string[];
  jobs: string[];
}[] = [
  { when: 'it is no clone', record: { launch: started }, guestAgent: agent, jobs: [] },
  { when: 'it runs, the interface that is not its own', jobs: ['renew-network 1'] },
  { when: 'it does not run yet', status: 'inmigrate', guestAgent: agent, jobs: [] },
  {
    when: 'its agent answers, the guest as well',
    guestAgent: agent,
    jobs: ['renew-network 1', 'renew-guest'],
  },
  {
    when: 'its agent does not, what takes none',
    guestAgent: { connection: 'NotAnswering' },
    jobs: ['renew-network 1'],
  },
  {
    when: 'one is done, the other',
    record: { ...clone, renewedNetworks: ['main'] },
    guestAgent: agent,
    jobs: ['renew-guest'],
  },
  {
    when: 'both are done',
    record: { ...clone, renewedNetworks: ['main'], renewedGuest: true },
    guestAgent: agent,
    jobs: [],
  },
  {
    when: 'its new interface went as the former one did, that again',
    record: { ...clone, renewedNetworks: ['main'], renewedGuest: true },
    has: ['kept'],
    jobs: ['renew-network 1'],
  },
  {
    when: 'the guest has rebooted, nothing that it did itself',
    record: { ...clone, renewedNetworks: ['main'], reboots },
    guestAgent: agent,
    jobs: [],
  },
];

describe('of a clone with memory', () => {
  for (const { when, record = clone, guestAgent, status = 'running', has, jobs } of rows) {
    it(`is renewed when ${when}`, () => {
      const found = renewalJobs({ record, spec, guestAgent }, { status, networks: has ?? ['kept', 'main'] });
      assert.deepEqual(
        found.map((job) => (job.type === 'renew-network' ? `${job.type} ${job.index}` : job.type)),
        jobs,
      );
    });
  }
});
