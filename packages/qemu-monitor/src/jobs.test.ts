import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectionClosedError, JobError, TimeoutError } from './errors.ts';
import { waitForJob } from './jobs.ts';
import { connectFake } from './testing/connect-fake.ts';
import type { FakeScript } from './testing/fake-server.ts';

const job = { id: 'job0', type: 'backup', 'current-progress': 1, 'total-progress': 2 };

/** Goes through `statuses`, one step a query, and announces the next step right before each answer. */
function jobScript(statuses: readonly string[], error?: string): FakeScript {
  let step = 0;
  return {
    handlers: {
      'query-jobs': (connection, call) => {
        const status = statuses[step];
        step += 1;
        const next = statuses[step];
        const others = [{ ...job, id: 'other', status: 'concluded' }];
        const concluded = status === 'concluded' && error !== undefined ? { error } : {};
        if (next !== undefined) connection.event('JOB_STATUS_CHANGE', { id: 'job0', status: next });
        connection.reply(call, status === undefined ? others : [...others, { ...job, status, ...concluded }]);
      },
      'job-dismiss': (connection, call) => {
        connection.reply(call);
      },
    },
  };
}

describe('waitForJob', () => {
  it('waits until the job has concluded, dismisses it and returns what it was', async (test) => {
    const { qmp, server } = await connectFake(test, jobScript(['created', 'running', 'concluded']));
    assert.deepEqual(await waitForJob(qmp, 'job0'), { ...job, status: 'concluded' });
    const { command, arguments: args } = server.calls.at(-1)!;
    assert.deepEqual({ command, args }, { command: 'job-dismiss', args: { id: 'job0' } });
  });

  it('dismisses a job that has failed, and rejects with its error', async (test) => {
    const { qmp, server } = await connectFake(
      test,
      jobScript(['running', 'concluded'], 'No space left on device'),
    );
    await assert.rejects(waitForJob(qmp, 'job0'), (error) => {
      assert.ok(error instanceof JobError);
      assert.equal(error.message, 'job job0: No space left on device');
      return true;
    });
    assert.equal(server.calls.at(-1)?.command, 'job-dismiss');
  });

  it('leaves a job alone that is only to be ready', async (test) => {
    const { qmp, server } = await connectFake(test, jobScript(['running', 'ready']));
    assert.equal((await waitForJob(qmp, 'job0', { until: 'ready' })).status, 'ready');
    assert.equal(server.calls.at(-1)?.command, 'query-jobs');
  });

  it('rejects when the job that was to be ready fails before', async (test) => {
    const { qmp } = await connectFake(test, jobScript(['running', 'concluded'], 'Input/output error'));
    await assert.rejects(waitForJob(qmp, 'job0', { until: 'ready' }), JobError);
  });

  it('rejects when QEMU has no such job', async (test) => {
    const { qmp } = await connectFake(test, jobScript([]));
    await assert.rejects(waitForJob(qmp, 'job0'), JobError);
  });

  it('keeps to its time-out, and lets the job be from then on', async (test) => {
    const { qmp, server, connection } = await connectFake(test, jobScript(['running']));
    await assert.rejects(waitForJob(qmp, 'job0', { timeout: 20 }), TimeoutError);
    const before = server.calls.length;
    connection.event('JOB_STATUS_CHANGE', { id: 'job0', status: 'concluded' });
    await assert.rejects(qmp.execute('stop'), { class: 'CommandNotFound' });
    assert.deepEqual(
      server.calls.slice(before).map(({ command }) => command),
      ['stop'],
    );
  });

  it('ends on an abort', async (test) => {
    const { qmp } = await connectFake(test, jobScript(['running']));
    const controller = new AbortController();
    const waiting = waitForJob(qmp, 'job0', { signal: controller.signal });
    const reason = new Error('cancelled');
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });

  it('fails when the connection breaks', async (test) => {
    const { qmp, connection } = await connectFake(test, jobScript(['running']));
    const waiting = waitForJob(qmp, 'job0');
    connection.end();
    await assert.rejects(waiting, ConnectionClosedError);
  });
});
