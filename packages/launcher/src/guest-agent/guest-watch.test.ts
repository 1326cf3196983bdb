import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { MachineGuestAgent } from '@hypersdk/api/machine';
import { connectQmp } from 'qemu-monitor';
import { startFakeServer } from 'qemu-monitor/testing';
import { AgentError, type AgentHandler, startFakeGuestAgent } from 'qemu-monitor/testing/guest-agent';
import { jsonLog } from '../log.ts';
import { GuestWatch, type Pace } from './guest-watch.ts';

const MAC = '52:54:00:12:34:56';
const pace: Pace = {
  ...{ firstPeriod: 5, longestPeriod: 5, commandTimeout: 50, afterSilence: 5 },
  patience: 2,
};
const agentOf = (hostname: string): Record<string, AgentHandler> => ({
  'guest-info': () => ({ version: '10.0.2', supported_commands: [] }),
  'guest-get-osinfo': () => ({ 'pretty-name': 'Debian GNU/Linux 13 (trixie)' }),
  'guest-get-host-name': () => ({ 'host-name': hostname }),
  'guest-network-get-interfaces': () => [
    {
      name: 'eth0',
      'hardware-address': MAC,
      'ip-addresses': [{ 'ip-address-type': 'ipv4', 'ip-address': '10.0.2.2', prefix: 24 }],
    },
  ],
  'guest-get-fsinfo': () => [],
});
const known: MachineGuestAgent = {
  connection: 'Connected',
  version: '10.0.2',
  os: 'Debian GNU/Linux 13 (trixie)',
  hostname: 'web',
  interfaces: [{ name: 'eth0', mac: MAC, addresses: ['10.0.2.2/24'] }],
  fileSystems: [],
};

/** An agent that answers, of all that is not about freezing, only while it has frozen nothing. */
function freezable(status: 'thawed' | 'frozen' = 'thawed') {
  const become = (next: typeof status) => (): number => {
    status = next;
    return 2;
  };
  const onlyThawed = ([command, handler]: [string, AgentHandler]): [string, AgentHandler] => [
    command,
    (call) => (status === 'frozen' ? new AgentError('the guest is frozen') : handler(call)),
  ];
  const handlers: Record<string, AgentHandler> = {
    ...Object.fromEntries(Object.entries(agentOf('web')).map(onlyThawed)),
    'guest-fsfreeze-status': () => status,
    'guest-fsfreeze-freeze': become('frozen'),
    'guest-fsfreeze-thaw': become('thawed'),
  };
  return { handlers, frozen: () => status === 'frozen' };
}

interface Situation {
  readonly open: boolean;
  readonly status?: string;
  readonly handlers?: Record<string, AgentHandler>;
  /** Milliseconds between two looks. */
  readonly period?: number;
}

async function watched(
  t: TestContext,
  { open, status = 'running', handlers = agentOf('web'), period = pace.firstPeriod }: Situation,
) {
  const agent = await startFakeGuestAgent(handlers);
  const chardev = { label: 'agent', filename: '', 'frontend-open': open };
  const qemu = await startFakeServer({
    handlers: {
      'query-chardev': (connection, call) => {
        connection.reply(call, [chardev]);
      },
      'query-status': (connection, call) => {
        connection.reply(call, { status, running: status === 'running' });
      },
    },
  });
  const client = await connectQmp({ path: qemu.path });
  const states: (MachineGuestAgent | undefined)[] = [];
  let heard = Promise.withResolvers<undefined>();
  const log = jsonLog({ name: 'test', level: undefined, write: () => undefined });
  const onChange = (): void => {
    states.push(watch.state);
    heard.resolve(undefined);
    heard = Promise.withResolvers();
  };
  const watch = new GuestWatch({
    ...{ path: agent.path, macs: () => [MAC], log, onChange },
    pace: { ...pace, firstPeriod: period, longestPeriod: period },
  });
  const followed = watch.follow(client);
  t.after(async () => {
    client.close();
    await followed;
    await Promise.all([agent.close(), qemu.close()]);
  });
  const until = async (accepts: (state: MachineGuestAgent | undefined) => boolean): Promise<void> => {
    while (!accepts(watch.state)) await heard.promise;
  };
  const connection = await qemu.connected;
  const channel = (isOpen: boolean): void => {
    connection.event('VSERPORT_CHANGE', { id: 'agent', open: isOpen });
  };
  const resume = (): void => {
    connection.event('RESUME', {});
  };
  return { agent, watch, states, until, channel, resume };
}

describe('the watch on a guest', { timeout: 20_000 }, () => {
  it('says at once that no agent is there, and all about the guest once one is', async (t) => {
    const { states, until, channel } = await watched(t, { open: false });
    await until((state) => state?.connection === 'NotConnected');
    channel(true);
    await until((state) => state?.connection === 'Connected');
    assert.deepEqual(states, [{ connection: 'NotConnected' }, known]);
  });

  it('says nothing of an agent that it has not asked yet', async (t) => {
    const { states, until } = await watched(t, { open: true });
    await until((state) => state !== undefined);
    assert.deepEqual(states, [known]);
  });

  it('is told when to look again, also while it looks', async (t) => {
    let hostname = 'web';
    const become = (name: string): void => {
      hostname = name;
      watch.lookAgain();
    };
    const handlers = {
      ...agentOf('web'),
      'guest-get-host-name': () => ({ 'host-name': hostname }),
      'guest-get-fsinfo': () => {
        if (hostname === 'twin') become('triplet');
        return [];
      },
    };
    const { watch, until } = await watched(t, { open: true, handlers, period: 600_000 });
    await until((state) => state?.hostname === 'web');
    become('twin');
    await until((state) => state?.hostname === 'triplet');
  });

  it('tells of a change, and not of what stays', async (t) => {
    const { agent, states, until } = await watched(t, { open: true });
    await until((state) => state?.hostname === 'web');
    agent.handlers = agentOf('db');
    await until((state) => state?.hostname === 'db');
    assert.equal(states.length, 2);
  });

  it('keeps what it knew when the agent goes, and takes up the one that comes', async (t) => {
    const { agent, states, until, channel } = await watched(t, { open: true });
    await until((state) => state?.connection === 'Connected');
    channel(false);
    await until((state) => state?.connection === 'NotConnected');
    agent.handlers = agentOf('again');
    channel(true);
    await until((state) => state?.hostname === 'again');
    assert.deepEqual(states[1], { ...known, connection: 'NotConnected' });
  });

  it('says that an agent is silent only after some patience, and not of a guest that stands still', async (t) => {
    const paused = await watched(t, { open: true, status: 'paused' });
    const running = await watched(t, { open: true });
    await Promise.all(
      [paused, running].map(({ until }) => until((state) => state?.connection === 'Connected')),
    );
    for (const { agent } of [paused, running]) agent.handlers = null;
    await running.until((state) => state?.connection === 'NotAnswering');
    assert.equal(paused.watch.state?.connection, 'Connected');
    running.agent.handlers = agentOf('web');
    await running.until((state) => state?.connection === 'Connected');
  });

  it('connects anew where the channel broke', async (t) => {
    const { agent, until } = await watched(t, { open: true });
    await until((state) => state?.hostname === 'web');
    agent.hangUp();
    agent.handlers = agentOf('db');
    await until((state) => state?.hostname === 'db');
  });

  it('does without what an agent may not or cannot tell', async (t) => {
    const handlers = { ...agentOf('web'), 'guest-get-osinfo': () => 'nonsense' };
    delete (handlers as Record<string, AgentHandler>)['guest-get-fsinfo'];
    const { watch, until } = await watched(t, { open: true, handlers });
    await until((state) => state?.connection === 'Connected');
    const { os: _os, fileSystems: _fileSystems, ...rest } = known;
    assert.deepEqual(watch.state, rest);
  });

  it('has the guest frozen for an instant, asks nothing meanwhile, and tells how it was', async (t) => {
    const { handlers, frozen } = freezable();
    const { agent, watch, until } = await watched(t, { open: true, handlers });
    await until((state) => state?.connection === 'Connected');
    let seen: unknown;
    const quiesced = await watch.quiesce(() => {
      seen = [frozen(), agent.commands.at(-1)];
      return Promise.resolve();
    });
    assert.deepEqual([quiesced, seen], [{ value: true }, [true, 'guest-fsfreeze-freeze']]);
    assert.equal(frozen(), false);
  });

  it('thaws a guest whatever becomes of the instant', async (t) => {
    const { handlers, frozen } = freezable();
    const { watch, until } = await watched(t, { open: true, handlers });
    await until((state) => state?.connection === 'Connected');
    await assert.rejects(
      watch.quiesce(() => Promise.reject(new Error('QEMU is gone'))),
      /QEMU is gone/,
    );
    assert.equal(frozen(), false);
  });

  it('thaws a guest that a launcher before it has left frozen, before anything else', async (t) => {
    const { handlers, frozen } = freezable('frozen');
    const { agent, until } = await watched(t, { open: true, handlers });
    await until((state) => state?.connection === 'Connected');
    assert.equal(frozen(), false);
    assert.deepEqual(agent.commands.slice(0, 2), ['guest-fsfreeze-status', 'guest-fsfreeze-thaw']);
  });

  it('tries again to thaw a guest that did not let itself be thawed', async (t) => {
    const { handlers, frozen } = freezable();
    const { agent, watch, until } = await watched(t, { open: true, handlers });
    await until((state) => state?.connection === 'Connected');
    agent.handlers = { ...handlers, 'guest-fsfreeze-thaw': () => new AgentError('not now') };
    await watch.quiesce(() => Promise.resolve());
    assert.equal(frozen(), true);
    agent.handlers = { ...handlers, 'guest-get-host-name': () => ({ 'host-name': 'thawed' }) };
    await until((state) => state?.hostname === 'thawed');
    assert.equal(frozen(), false);
  });

  it('has the clock of a guest set at once that goes on', async (t) => {
    const set = Promise.withResolvers<undefined>();
    const handlers: Record<string, AgentHandler> = {
      ...agentOf('web'),
      'guest-set-time': () => {
        set.resolve(undefined);
        return {};
      },
    };
    const { until, resume } = await watched(t, { open: true, handlers });
    await until((state) => state?.connection === 'Connected');
    resume();
    await set.promise;
  });

  it('says why a guest was not frozen, for whom the instant comes all the same', async (t) => {
    const refusing = { ...agentOf('web'), 'guest-fsfreeze-freeze': () => new AgentError('disabled') };
    const rows = [
      { open: true, handlers: refusing, reason: /not frozen the file systems: .*disabled/ },
      { open: false, reason: /no guest agent/ },
    ];
    for (const { reason, ...situation } of rows) {
      const { watch, until } = await watched(t, situation);
      await until((state) => state !== undefined);
      let done = false;
      const quiesced = await watch.quiesce(() => {
        done = true;
        return Promise.resolve();
      });
      assert.deepEqual([quiesced.value, done], [false, true]);
      assert.match(quiesced.reason ?? '', reason);
    }
  });
});
