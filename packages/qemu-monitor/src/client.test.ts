import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandError, ConnectionClosedError, ProtocolError, StateError, TimeoutError } from './errors.ts';
import { connectFake } from './testing/connect-fake.ts';
import type { FakeCall, FakeConnection, FakeHandler } from './testing/fake-server.ts';

const answer =
  (value?: unknown): FakeHandler =>
  (connection, call) => {
    connection.reply(call, value);
  };
const silence: FakeHandler = () => undefined;

function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => assert.fail('did not reject'),
    (error: unknown) => error as Error,
  );
}

/** Holds the calls of a command back until the test answers them. */
function heldBack(): {
  handler: FakeHandler;
  calls: FakeCall[];
  whenCount: (count: number) => Promise<void>;
} {
  const calls: FakeCall[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const handler = (_connection: FakeConnection, call: FakeCall): void => {
    calls.push(call);
    for (const { count, resolve } of waiting) if (calls.length >= count) resolve();
  };
  const whenCount = (count: number): Promise<void> =>
    new Promise((resolve) => {
      if (calls.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  return { handler, calls, whenCount };
}

describe('execute', () => {
  it('sends the arguments and returns the answer, with integers exact to 64 bits', async (test) => {
    const { qmp, server } = await connectFake(test, {
      handlers: { 'qom-get': answer(18446744073709551615n), 'qom-set': answer() },
    });
    const property = { path: '/machine', property: 'size' };
    assert.equal(await qmp.execute('qom-get', property), 18446744073709551615n);
    await qmp.execute('qom-set', { ...property, value: 9007199254740993n });
    assert.deepEqual(server.calls.at(-1)?.arguments, { ...property, value: 9007199254740993n });
  });

  it('matches answers by id when they come in another order', async (test) => {
    const held = heldBack();
    const { qmp, connection } = await connectFake(test, { handlers: { 'query-name': held.handler } });
    const names = ['a', 'b', 'c'].map(() => qmp.execute('query-name'));
    await held.whenCount(3);
    for (const [index, call] of held.calls.toReversed().entries()) {
      connection.reply(call, { name: String(index) });
    }
    assert.deepEqual(await Promise.all(names), [{ name: '2' }, { name: '1' }, { name: '0' }]);
  });

  it('rejects with QEMU’s own words, and a stack that shows the caller', async (test) => {
    const { qmp } = await connectFake(test);
    async function theCaller(): Promise<void> {
      await qmp.execute('stop');
    }
    await assert.rejects(theCaller(), (error) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.class, 'CommandNotFound');
      assert.equal(error.command, 'stop');
      assert.equal(error.desc, 'The command stop has not been found');
      assert.match(error.stack ?? '', /theCaller/);
      return true;
    });
  });

  it('takes no longer than its time-out, and the connection goes on', async (test) => {
    const held = heldBack();
    const { qmp, connection } = await connectFake(test, {
      handlers: { stop: held.handler, 'query-name': answer({ name: 'vm' }) },
    });
    await assert.rejects(qmp.execute('stop', {}, { timeout: 20 }), (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.equal(error.message, 'stop took longer than 20 ms');
      return true;
    });
    connection.reply(held.calls[0]!);
    assert.deepEqual(await qmp.execute('query-name'), { name: 'vm' });
  });

  it('takes no longer than the client’s time-out when it has none of its own', async (test) => {
    const { qmp } = await connectFake(test, { handlers: { stop: silence } }, { commandTimeout: 20 });
    await assert.rejects(qmp.execute('stop'), TimeoutError);
  });

  it('ends on an abort, with its reason', async (test) => {
    const held = heldBack();
    const { qmp, server } = await connectFake(test, { handlers: { stop: held.handler } });
    const controller = new AbortController();
    const stopped = qmp.execute('stop', {}, { signal: controller.signal });
    await held.whenCount(1);
    const reason = new Error('not needed any more');
    controller.abort(reason);
    await assert.rejects(stopped, reason);
    await assert.rejects(qmp.execute('cont', {}, { signal: controller.signal }), reason);
    assert.deepEqual(
      server.calls.map(({ command }) => command),
      ['qmp_capabilities', 'stop'],
    );
  });

  it('leaves no timer behind', async (test) => {
    const { qmp } = await connectFake(test, { handlers: { stop: answer() } });
    const timers = (): number => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    const before = timers();
    await qmp.execute('stop', {}, { timeout: 60_000 });
    assert.equal(timers(), before);
  });

  it('drops answers of unknown id, as the specification asks for', async (test) => {
    const { qmp } = await connectFake(test, {
      handlers: {
        'query-name': (connection, call) => {
          connection.reply({ ...call, id: 4711 }, { name: 'wrong' });
          connection.reply({ ...call, id: String(call.id) }, { name: 'wrong' });
          connection.reply(call, { name: 'right' });
          connection.reply(call, { name: 'twice' });
        },
      },
    });
    assert.deepEqual(await qmp.execute('query-name'), { name: 'right' });
    assert.deepEqual(await qmp.execute('query-name'), { name: 'right' });
  });

  it('keeps eight commands on the wire, and sends the next when one is answered', async (test) => {
    const held = heldBack();
    const { qmp, connection } = await connectFake(test, { handlers: { 'query-name': held.handler } });
    const names = Array.from({ length: 20 }, () => qmp.execute('query-name'));
    for (let answered = 0; answered < 20; answered += 1) {
      await held.whenCount(Math.min(20, answered + 7));
      const sent = held.calls.length;
      assert.ok(sent - answered <= 7, `${sent - answered} on the wire`);
      connection.reply(held.calls[answered]!, { name: String(answered) });
    }
    const wanted = names.map((_, index) => ({ name: String(index) }));
    assert.deepEqual(await Promise.all(names), wanted);
  });

  it('never sends a command that was given up while it waited for its place', async (test) => {
    const held = heldBack();
    const { qmp, server, connection } = await connectFake(test, {
      handlers: { 'query-name': held.handler, stop: answer(), cont: answer() },
    });
    const names = Array.from({ length: 7 }, () => qmp.execute('query-name'));
    const controller = new AbortController();
    const stopped = qmp.execute('stop', {}, { signal: controller.signal });
    const resumed = qmp.execute('cont');
    controller.abort();
    await assert.rejects(stopped, { name: 'AbortError' });
    await held.whenCount(7);
    for (const call of held.calls) connection.reply(call);
    await Promise.all([...names, resumed]);
    assert.ok(!server.calls.some(({ command }) => command === 'stop'));
  });
});

describe('executeOob', () => {
  it('passes the commands that wait', async (test) => {
    const held = heldBack();
    const { qmp, server } = await connectFake(test, {
      handlers: { 'query-name': held.handler, 'migrate-pause': answer() },
    });
    const names = Array.from({ length: 12 }, () => qmp.execute('query-name'));
    await qmp.executeOob('migrate-pause');
    assert.equal(server.calls.find(({ command }) => command === 'migrate-pause')?.outOfBand, true);
    assert.equal(held.calls.length, 7);
    qmp.close();
    await Promise.allSettled(names);
  });

  it('is refused when the server has not offered it', async (test) => {
    const version = { qemu: { major: 2, minor: 0, micro: 0 }, package: '' };
    const greeting = `${JSON.stringify({ QMP: { version, capabilities: [] } })}\n`;
    const { qmp } = await connectFake(test, { greeting });
    await assert.rejects(qmp.executeOob('migrate-pause'), StateError);
  });
});

describe('the end of a connection', () => {
  it('fails every call under way and every later one, each with its command’s name', async (test) => {
    const { qmp } = await connectFake(test, {
      handlers: {
        stop: silence,
        quit: (connection) => {
          connection.end();
        },
      },
    });
    const early = [qmp.execute('stop'), qmp.waitForEvent('STOP'), qmp.execute('quit')];
    const errors = await Promise.all(early.map(rejectionOf));
    const late = [qmp.execute('cont'), qmp.waitForEvent('RESUME')];
    errors.push(...(await Promise.all(late.map(rejectionOf))));
    for (const error of errors)
      assert.ok(error instanceof ConnectionClosedError && error.reason === 'server');
    assert.match(errors[0]!.message, /^stop: /);
    assert.match(errors[3]!.message, /^cont: /);
    assert.equal((await qmp.closed).reason, 'server');
    assert.equal(qmp.state, 'closed');
  });

  it('says that the client itself closed', async (test) => {
    const { qmp } = await connectFake(test, { handlers: { stop: silence } });
    const stopped = qmp.execute('stop');
    qmp.close();
    await assert.rejects(stopped, { name: 'ConnectionClosedError', reason: 'client' });
    assert.equal((await qmp.closed).reason, 'client');
  });

  it('hands over the answer and the event that came before it', async (test) => {
    const { qmp } = await connectFake(test, {
      handlers: {
        quit: (connection, call) => {
          connection.reply(call);
          connection.event('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' });
          connection.end();
        },
      },
    });
    const since = qmp.mark();
    await qmp.execute('quit');
    const { data } = await qmp.waitForEvent('SHUTDOWN', { since });
    assert.deepEqual(data, { guest: false, reason: 'host-qmp-quit' });
    assert.equal((await qmp.closed).reason, 'server');
  });

  it('fails a wait for an event when the connection breaks between answer and event', async (test) => {
    const { qmp } = await connectFake(test, {
      handlers: {
        system_powerdown: (connection, call) => {
          connection.reply(call);
          connection.end();
        },
      },
    });
    const since = qmp.mark();
    await qmp.execute('system_powerdown');
    await assert.rejects(qmp.waitForEvent('SHUTDOWN', { since }), ConnectionClosedError);
  });

  const violations = [
    { title: 'garbage', bytes: 'garbage\r\n', message: /not a QMP message: garbage/ },
    { title: 'invalid UTF-8', bytes: Buffer.of(0xff, 0x0a), message: /not in UTF-8/ },
    { title: 'a message too long', bytes: 'x'.repeat(2000), message: /longer than 1000 bytes/ },
    {
      title: 'an error that belongs to no request',
      bytes: '{"error":{"class":"GenericError","desc":"Parse error"}}\r\n',
      message: /could not read a request: Parse error/,
    },
  ];
  for (const { title, bytes, message } of violations) {
    it(`is brought about by ${title}`, async (test) => {
      const { qmp, connection } = await connectFake(
        test,
        { handlers: { stop: silence } },
        { maxLineLength: 1000 },
      );
      const stopped = qmp.execute('stop');
      connection.write(bytes);
      await assert.rejects(stopped, { name: 'ConnectionClosedError', reason: 'protocol' });
      const { cause } = await qmp.closed;
      assert.ok(cause instanceof ProtocolError);
      assert.match(cause.message, message);
    });
  }
});
