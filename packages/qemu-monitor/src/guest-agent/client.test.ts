import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { CommandError, ConnectionClosedError, ProtocolError, TimeoutError } from '../errors.ts';
import { type AgentHandler, NO_ANSWER, startFakeGuestAgent } from '../testing/fake-guest-agent.ts';
import { connectGuestAgent } from './client.ts';

async function connectFakeAgent(
  t: TestContext,
  handlers: Readonly<Record<string, AgentHandler>>,
  limits = {},
) {
  const fake = await startFakeGuestAgent(handlers);
  t.after(fake.close);
  const agent = await connectGuestAgent({ path: fake.path, ...limits });
  t.after(() => {
    agent.close();
  });
  return { fake, agent };
}

describe('the guest agent client', () => {
  it('answers with what the agent returns, one command after the other', async (t) => {
    const { agent, fake } = await connectFakeAgent(t, {
      'guest-get-host-name': () => ({ 'host-name': 'web' }),
      'guest-info': ({ arguments: args }) => args,
    });
    const answers = await Promise.all([
      agent.execute('guest-get-host-name'),
      agent.execute('guest-info', { a: 1 }),
    ]);
    assert.deepEqual(answers, [{ 'host-name': 'web' }, { a: 1 }]);
    assert.deepEqual(fake.commands, ['guest-get-host-name', 'guest-info']);
  });

  it('says what the agent refuses, and goes on', async (t) => {
    const { agent } = await connectFakeAgent(t, { 'guest-ping': () => ({}) });
    await assert.rejects(agent.execute('guest-exec'), CommandError);
    assert.deepEqual(await agent.execute('guest-ping'), {});
  });

  it('never takes a late answer for that of the next command', async (t) => {
    let late = (): void => undefined;
    const { agent } = await connectFakeAgent(t, {
      'guest-fsfreeze-freeze': ({ write }) => {
        late = () => {
          write('{"return": 3}\n');
        };
        return NO_ANSWER;
      },
      'guest-fsfreeze-status': () => 'thawed',
    });
    await assert.rejects(agent.execute('guest-fsfreeze-freeze', {}, { timeout: 20 }), TimeoutError);
    const status = agent.execute('guest-fsfreeze-status');
    late();
    assert.equal(await status, 'thawed');
  });

  it('drops whatever is in the channel before the answer to its own sync', async (t) => {
    const { agent } = await connectFakeAgent(t, {
      'guest-sync-delimited': ({ write, arguments: args }) => {
        write('{"return": {"late": true}}\n');
        write(Buffer.from([0xff, ...Buffer.from('{"return": 1}\n'), 0x80, 0x0a]));
        write('no JSON\n{"return": {"half');
        write(Uint8Array.of(0xff));
        return args['id'];
      },
      'guest-ping': () => 'in step',
    });
    assert.equal(await agent.execute('guest-ping'), 'in step');
  });

  it('gives up on an agent that has vanished, and finds it again', async (t) => {
    const ping = { 'guest-ping': () => 'here' };
    const { agent, fake } = await connectFakeAgent(t, ping, { commandTimeout: 20 });
    assert.equal(await agent.execute('guest-ping'), 'here');
    fake.handlers = null;
    await assert.rejects(agent.execute('guest-ping'), TimeoutError);
    await assert.rejects(agent.execute('guest-ping'), TimeoutError);
    fake.handlers = ping;
    assert.equal(await agent.execute('guest-ping', {}, { timeout: 5_000 }), 'here');
  });

  for (const [what, garbage] of [
    ['that is no JSON', 'hello\n'],
    [
      'that a monitor gives',
      '{"event": "STOP", "data": {}, "timestamp": {"seconds": 1, "microseconds": 0}}\n',
    ],
    ['that is longer than it takes', `"${'x'.repeat(2_000)}"\n`],
    ['that is not in UTF-8', Buffer.of(0xc3, 0x28, 0x0a)],
  ] as const) {
    it(`refuses an answer ${what}, and is in step afterwards`, async (t) => {
      const handlers = {
        'guest-get-osinfo': (call: { write: (bytes: string | Uint8Array) => void }) => {
          call.write(garbage);
          return NO_ANSWER;
        },
        'guest-ping': () => 'here',
      };
      const { agent } = await connectFakeAgent(t, handlers, { maxAnswerLength: 1_000 });
      await assert.rejects(agent.execute('guest-get-osinfo'), ProtocolError);
      assert.equal(await agent.execute('guest-ping'), 'here');
    });
  }

  it('ends what is under way when the connection does, and takes nothing more', async (t) => {
    const { agent, fake } = await connectFakeAgent(t, {
      'guest-ping': () => {
        fake.hangUp();
        return NO_ANSWER;
      },
    });
    await assert.rejects(agent.execute('guest-ping'), ConnectionClosedError);
    assert.equal((await agent.closed).reason, 'server');
    await assert.rejects(agent.execute('guest-ping'), ConnectionClosedError);
  });

  it('does not wait for a command that its caller has given up', async (t) => {
    const { agent } = await connectFakeAgent(t, {
      'guest-exec': () => NO_ANSWER,
      'guest-ping': () => 'here',
    });
    const reason = new Error('no longer wanted');
    await assert.rejects(agent.execute('guest-exec', {}, { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(await agent.execute('guest-ping'), 'here');
  });

  it('cannot be had where nobody listens', async () => {
    await assert.rejects(connectGuestAgent({ path: '/nonexistent/agent.sock' }), ConnectionClosedError);
  });
});
