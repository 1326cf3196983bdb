import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateError, TimeoutError } from './errors.ts';
import { connectFake } from './testing/connect-fake.ts';
import type { FakeScript } from './testing/fake-server.ts';
import type { QmpEvent } from './types.ts';

/** Answers `stop` and `cont`, each with its event first, as QEMU does. */
const script: FakeScript = {
  handlers: {
    stop: (connection, call) => {
      connection.event('STOP');
      connection.reply(call);
    },
    cont: (connection, call) => {
      connection.event('RESUME');
      connection.reply(call);
    },
  },
};

describe('waitForEvent', () => {
  it('finds an event that came between the mark and the wait', async (test) => {
    const { qmp } = await connectFake(test, script);
    const since = qmp.mark();
    await qmp.execute('stop');
    assert.equal((await qmp.waitForEvent('STOP', { since })).event, 'STOP');
  });

  for (const [before, marked] of [
    ['the mark', true],
    ['the call when it has no mark', false],
  ] as const) {
    it(`is not fooled by an event from before ${before}`, async (test) => {
      const { qmp, connection } = await connectFake(test, script);
      connection.event('SHUTDOWN', { guest: false, reason: 'host-signal' });
      await qmp.execute('stop');
      const since = marked ? qmp.mark() : undefined;
      const shutdown = qmp.waitForEvent('SHUTDOWN', { since });
      connection.event('SHUTDOWN', { guest: true, reason: 'guest-shutdown' });
      assert.equal((await shutdown).data.reason, 'guest-shutdown');
    });
  }

  it('takes no longer than its time-out', async (test) => {
    const { qmp } = await connectFake(test);
    await assert.rejects(qmp.waitForEvent('STOP', { timeout: 5 }), (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.equal(error.message, 'waiting for STOP took longer than 5 ms');
      return true;
    });
  });

  it('takes the first of several names', async (test) => {
    const { qmp } = await connectFake(test, script);
    const since = qmp.mark();
    await qmp.execute('cont');
    await qmp.execute('stop');
    assert.equal((await qmp.waitForEvent(['STOP', 'RESUME'], { since })).event, 'RESUME');
  });

  it('looks at the data', async (test) => {
    const { qmp, connection } = await connectFake(test);
    const deleted = qmp.waitForEvent('DEVICE_DELETED', { where: ({ data }) => data.device === 'disk1' });
    for (const device of ['disk0', 'disk1', 'disk2']) {
      connection.event('DEVICE_DELETED', { device, path: `/machine/${device}` });
    }
    assert.equal((await deleted).data.path, '/machine/disk1');
  });

  it('rejects with what its predicate throws', async (test) => {
    const { qmp, connection } = await connectFake(test);
    const fault = new Error('bad predicate');
    const waiting = qmp.waitForEvent('STOP', {
      where: () => {
        throw fault;
      },
    });
    connection.event('STOP');
    await assert.rejects(waiting, fault);
    assert.equal(qmp.state, 'running');
  });

  it('refuses a mark of another client', async (test) => {
    const [one, other] = [await connectFake(test), await connectFake(test)];
    await assert.rejects(one.qmp.waitForEvent('STOP', { since: other.qmp.mark() }), StateError);
  });
});

describe('onEvent', () => {
  it('is called for every event until it is stopped', async (test) => {
    const { qmp } = await connectFake(test, script);
    const heard: string[] = [];
    const stop = qmp.onEvent(({ event }) => heard.push(event));
    await qmp.execute('stop');
    await qmp.execute('cont');
    stop();
    await qmp.execute('stop');
    assert.deepEqual(heard, ['STOP', 'RESUME']);
  });

  it('surfaces a handler’s fault without hurting others', async (test) => {
    const { qmp } = await connectFake(test, script);
    const fault = new Error('bad handler');
    const surfaced = new Promise((resolve) => {
      // Not a listener of uncaughtException's, because the test runner has its own.
      process.setUncaughtExceptionCaptureCallback(resolve);
    });
    test.after(() => {
      process.setUncaughtExceptionCaptureCallback(null);
    });
    qmp.onEvent(() => {
      throw fault;
    });
    const other = qmp.waitForEvent('STOP');
    await qmp.execute('stop');
    assert.equal((await other).event, 'STOP');
    assert.equal(await surfaced, fault);
  });
});

describe('events', () => {
  it('queues for each reader by itself, from the call on', async (test) => {
    const { qmp } = await connectFake(test, script);
    const early = qmp.events();
    await qmp.execute('stop');
    const late = qmp.events();
    await qmp.execute('cont');
    qmp.close();
    assert.deepEqual(await names(early), ['STOP', 'RESUME']);
    assert.deepEqual(await names(late), ['RESUME']);
  });

  it('can start at a mark', async (test) => {
    const { qmp } = await connectFake(test, script);
    const since = qmp.mark();
    await qmp.execute('stop');
    const events = qmp.events({ since });
    qmp.close();
    assert.deepEqual(await names(events), ['STOP']);
  });

  it('ends when the connection does', async (test) => {
    const { qmp, connection } = await connectFake(test);
    const events = qmp.events();
    connection.event('STOP');
    connection.end();
    assert.deepEqual(await names(events), ['STOP']);
    assert.deepEqual(await names(qmp.events()), []);
  });

  it('throws when it is aborted, even before it is read', async (test) => {
    const { qmp } = await connectFake(test);
    const controller = new AbortController();
    const [unread, read] = [qmp.events(controller), qmp.events(controller)];
    const reading = names(read);
    controller.abort();
    await assert.rejects(reading, { name: 'AbortError' });
    await assert.rejects(names(unread), { name: 'AbortError' });
  });

  it('is over when the reader leaves', async (test) => {
    const { qmp, connection } = await connectFake(test, script);
    const events = qmp.events();
    connection.event('STOP');
    for await (const { event } of events) {
      assert.equal(event, 'STOP');
      break;
    }
    await qmp.execute('cont');
    await assert.rejects(names(events), { name: 'AbortError' });
  });

  it('fails a reader that falls too far behind instead of losing events', async (test) => {
    const { qmp, connection } = await connectFake(test, script);
    const events = qmp.events();
    const line = `${JSON.stringify({ event: 'STOP', timestamp: { seconds: 0, microseconds: 0 } })}\r\n`;
    connection.write(line.repeat(20_000));
    await qmp.execute('stop');
    await assert.rejects(names(events), StateError);
  });
});

async function names(events: AsyncIterable<QmpEvent>): Promise<string[]> {
  const heard: string[] = [];
  for await (const { event } of events) heard.push(event);
  return heard;
}
