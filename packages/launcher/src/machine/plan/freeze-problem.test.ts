import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blankDisk, machineSpec } from '../../testing/machine-spec.ts';
import type { JobState, RunningQemu } from '../observe/observed.ts';
import { MIGRATION_JOB } from './action.ts';
import { freezeProblem, layerJobs } from './layers.ts';

const ID = 'aaaaaaaa-0000-4000-8000-000000000000';
const problem = { reason: 'CannotFreeze', message: 'Restart the VM.', disk: 'root' };
const spec = machineSpec({ disks: [blankDisk()], request: { id: ID, type: 'freeze' } });
const qemu = { status: 'running' } as RunningQemu; // all that is looked at
const asked = { spec, record: {}, frozen: undefined, dropped: [] };
type Seen = Parameters<typeof freezeProblem>[0];
const seen = (jobs: ReadonlyMap<string, JobState> = new Map(), changes: object = {}): Seen =>
  ({ ...asked, jobs, ...changes }) as unknown as Seen; // as above
const [job] = layerJobs(seen(), qemu);
const failed = (permanent: boolean): ReadonlyMap<string, JobState> =>
  new Map([
    [
      MIGRATION_JOB,
      { state: 'failed', action: JSON.stringify(job), problem, permanent, retryAt: new Date() },
    ],
  ]);

describe('a freeze that does not come about', () => {
  for (const permanent of [true, false]) {
    it(`is told of, ${permanent ? 'for good' : 'for now'}`, () => {
      assert.deepEqual(freezeProblem(seen(failed(permanent)), qemu), { id: ID, permanent, problem });
    });
  }

  it('is not told of once it is there, or nobody asks for it', () => {
    assert.equal(freezeProblem(seen(failed(true), { record: { lastRequest: ID } }), qemu), undefined);
    assert.equal(freezeProblem(seen(failed(true), { spec: machineSpec() }), qemu), undefined);
    assert.equal(freezeProblem(seen(), qemu), undefined);
  });
});
