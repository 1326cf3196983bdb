import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { connectQmp } from './client.ts';
import { CommandError, ConnectionClosedError, ProtocolError, StateError, TimeoutError } from './errors.ts';
import { Session } from './session.ts';
import { connectFake } from './testing/connect-fake.ts';
import { startFakeServer } from './testing/fake-server.ts';

const greeting = (capabilities: readonly string[]): string =>
  `${JSON.stringify({
    QMP: { version: { qemu: { major: 10, minor: 0, micro: 1 }, package: 'Debian' }, capabilities },
  })}\r\n`;

describe('connecting', () => {
  it('shows the greeting and runs', async (test) => {
    const { qmp } = await connectFake(test, { greeting: greeting(['oob']) });
    assert.equal(qmp.state, 'running');
    assert.deepEqual(qmp.greeting.version.qemu, { major: 10, minor: 0, micro: 1 });
  });

  it('works when every byte comes by itself', async (test) => {
    const { qmp } = await connectFake(test, {
      piece: 1,
      handlers: {
        'query-name': (connection, call) => {
          connection.reply(call, { name: 'Schrödinger' });
        },
      },
    });
    assert.deepEqual(await qmp.execute('query-name'), { name: 'Schrödinger' });
  });

  it('works over TCP', async (test) => {
    const server = createServer((socket) => {
      socket.write(greeting([]));
      socket.on('data', () => socket.write('{"return":{},"id":0}\r\n'));
    });
    test.after(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const qmp = await connectQmp({ host: '127.0.0.1', port: address.port });
    assert.equal(qmp.state, 'running');
    qmp.close();
  });

  for (const [offered, enable] of [
    [['oob', 'teleport'], ['oob']],
    [[], []],
  ] as const) {
    it(`enables ${JSON.stringify(enable)} of the capabilities ${JSON.stringify(offered)}`, async (test) => {
      const { server } = await connectFake(test, { greeting: greeting(offered) });
      assert.deepEqual(server.calls[0]?.arguments, { enable });
    });
  }

  it('keeps an event that comes right behind the negotiation', async (test) => {
    const { qmp, server } = await connectFake(test, {
      handlers: {
        qmp_capabilities: (connection, call) => {
          connection.event('RESUME');
          connection.reply(call);
          connection.event('STOP');
        },
        'query-status': (connection, call) => {
          connection.reply(call, { status: 'paused', running: false });
        },
      },
    });
    await qmp.execute('query-status');
    assert.deepEqual(qmp.mark().sequence, 2);
    assert.equal(server.calls.length, 2);
  });

  it('gives up when the server does not greet', async (test) => {
    const server = await startFakeServer({ greeting: '' });
    test.after(server.close);
    await assert.rejects(connectQmp({ path: server.path, timeout: 20 }), TimeoutError);
  });

  it('gives up when aborted, with the reason of the abort', async (test) => {
    const server = await startFakeServer({ greeting: '' });
    test.after(server.close);
    const reason = new Error('changed my mind');
    const controller = new AbortController();
    const connecting = connectQmp({ path: server.path, signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(connecting, reason);
    await assert.rejects(connectQmp({ path: server.path, signal: controller.signal }), reason);
  });

  it('says by the system error code that nobody listens', async () => {
    await assert.rejects(connectQmp({ path: '/nowhere/qmp.sock' }), (error) => {
      assert.ok(error instanceof ConnectionClosedError);
      assert.equal(error.reason, 'socket');
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT');
      return true;
    });
  });

  it('fails when the server hangs up before it greets', async (test) => {
    const server = await startFakeServer({ greeting: '' });
    test.after(server.close);
    const connecting = connectQmp({ path: server.path });
    (await server.connected).end();
    await assert.rejects(connecting, { name: 'ConnectionClosedError', reason: 'server' });
  });

  const garbage = [
    { title: 'something else than a greeting', greeting: '{"return":{}}\r\n', cause: ProtocolError },
    { title: 'no JSON', greeting: 'SSH-2.0-OpenSSH_10.0\r\n', cause: ProtocolError },
    { title: 'a second greeting', greeting: greeting([]).repeat(2), cause: ProtocolError },
    { title: 'binary garbage', greeting: '\u0000\u0001\r\n', cause: ProtocolError },
  ];
  for (const { title, cause, ...script } of garbage) {
    it(`fails on ${title}`, async (test) => {
      const server = await startFakeServer(script);
      test.after(server.close);
      await assert.rejects(connectQmp({ path: server.path }), (error) => {
        assert.ok(error instanceof ConnectionClosedError && error.cause instanceof cause);
        assert.equal(error.reason, 'protocol');
        return true;
      });
    });
  }

  it('fails when the capabilities are refused', async (test) => {
    const server = await startFakeServer({
      handlers: {
        qmp_capabilities: (connection, call) => {
          connection.fail(call, 'GenericError', 'no');
        },
      },
    });
    test.after(server.close);
    await assert.rejects(connectQmp({ path: server.path }), (error) => {
      assert.ok(error instanceof ConnectionClosedError && error.cause instanceof CommandError);
      return true;
    });
  });
});

describe('Session', () => {
  it('goes from idle to closed and connects only once', async (test) => {
    const server = await startFakeServer();
    test.after(server.close);
    const endings: string[] = [];
    const session = new Session({ path: server.path }, undefined, {
      onNotice: () => undefined,
      onClosed: ({ reason }) => endings.push(reason),
    });
    assert.equal(session.state, 'idle');
    const connecting = session.connect({});
    assert.equal(session.state, 'connecting');
    await assert.rejects(session.connect({}), StateError);
    await connecting;
    assert.equal(session.state, 'running');
    session.close();
    session.close();
    assert.equal(session.state, 'closed');
    await assert.rejects(session.connect({}), StateError);
    assert.deepEqual(endings, ['client']);
  });

  it('hangs up when connecting takes too long', async (test) => {
    const hungUp = Promise.withResolvers<boolean>();
    const path = await listen(test, (socket) => socket.resume().on('close', hungUp.resolve));
    const session = new Session({ path }, undefined, {
      onNotice: () => undefined,
      onClosed: () => undefined,
    });
    await assert.rejects(session.connect({ timeout: 5 }), TimeoutError);
    assert.equal(session.state, 'closed');
    await hungUp.promise;
  });

  it('takes a reset by a server that left something unread for its end', async (test) => {
    const sockets: Socket[] = [];
    const path = await listen(test, (socket) => {
      sockets.push(socket);
      socket.write(`${greeting([])}{"return":{},"id":0}\r\n`);
    });
    const qmp = await connectQmp({ path });
    const stopped = qmp.execute('stop');
    for (const socket of sockets) socket.destroy();
    await assert.rejects(stopped, { name: 'ConnectionClosedError', reason: 'server' });
    const { cause } = await qmp.closed;
    assert.equal((cause as NodeJS.ErrnoException).code, 'ECONNRESET');
  });
});

/** A server whose sockets read nothing by themselves. */
async function listen(test: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'qemu-monitor-'));
  const path = join(directory, 'qmp.sock');
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket);
    onConnection(socket);
  });
  test.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(directory, { recursive: true });
  });
  await once(server.listen(path), 'listening');
  return path;
}
