import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { CommandError, ConnectionClosedError } from './errors.ts';
import type { CapturedSchema } from './generate/introspection.ts';
import { missingCommands } from './required-commands.ts';
import { startQemu, type RunningQemu } from './testing/qemu.ts';
import type { CommandName } from './types.ts';

const MACHINE = ['-machine', 'q35', '-accel', 'tcg', '-m', '16', '-S'];

async function committedCommands(): Promise<CommandName[]> {
  const text = await readFile(new URL('generated/qmp-schema.json', import.meta.url), 'utf8');
  const { entities } = JSON.parse(text) as CapturedSchema;
  // The types were generated from these very names.
  return entities
    .filter((entity) => entity['meta-type'] === 'command')
    .map(({ name }) => name as CommandName);
}

async function qemuFor(test: TestContext, args: readonly string[] = MACHINE): Promise<RunningQemu> {
  const qemu = await startQemu(args);
  test.after(qemu.stop);
  return qemu;
}

describe('a QMP client of a real QEMU', () => {
  it('reads the greeting and the state', async (test) => {
    const { qmp } = await qemuFor(test);
    assert.ok(qmp.greeting.version.qemu.major >= 10);
    assert.deepEqual(qmp.greeting.capabilities, ['oob']);
    assert.deepEqual(await qmp.execute('query-status'), { status: 'prelaunch', running: false });
  });

  it('sees the events of cont and stop', async (test) => {
    const { qmp } = await qemuFor(test);
    const heard: string[] = [];
    qmp.onEvent(({ event }) => heard.push(event));
    for (const [command, event, status] of [
      ['cont', 'RESUME', 'running'],
      ['stop', 'STOP', 'paused'],
      ['cont', 'RESUME', 'running'],
    ] as const) {
      const since = qmp.mark();
      await qmp.execute(command);
      const { timestamp } = await qmp.waitForEvent(event, { since, timeout: 60_000 });
      assert.ok(Math.abs(Date.now() / 1000 - timestamp.seconds) < 60);
      assert.equal((await qmp.execute('query-status')).status, status);
    }
    assert.deepEqual(
      heard.filter((event) => event === 'STOP' || event === 'RESUME'),
      ['RESUME', 'STOP', 'RESUME'],
    );
  });

  it('rejects a refused command with QEMU’s class and words', async (test) => {
    const { qmp } = await qemuFor(test);
    await assert.rejects(qmp.execute('device_del', { id: 'nothing' }), (error) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.class, 'DeviceNotFound');
      assert.match(error.desc, /nothing/);
      return true;
    });
  });

  it('executes out of band', async (test) => {
    const { qmp } = await qemuFor(test);
    await assert.rejects(qmp.executeOob('migrate-pause'), { name: 'CommandError', class: 'GenericError' });
    assert.deepEqual(await qmp.executeOob('query-yank'), [{ type: 'chardev', id: 'compat_monitor0' }]);
  });

  it('keeps hundreds of commands apart', async (test) => {
    const { qmp } = await qemuFor(test);
    const types = ['qemu64', 'max', 'no-such-model'] as const;
    const answers = await Promise.allSettled(
      Array.from({ length: 300 }, (_, index) =>
        qmp.execute('query-cpu-model-expansion', { type: 'static', model: { name: types[index % 3]! } }),
      ),
    );
    for (const [index, answer] of answers.entries()) {
      assert.equal(answer.status, index % 3 === 2 ? 'rejected' : 'fulfilled', types[index % 3]);
    }
  });

  it('carries 64-bit integers unharmed', async (test) => {
    const { qmp } = await qemuFor(test);
    for (const nanoseconds of [1, Number.MAX_SAFE_INTEGER, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
      const id = `thread-${nanoseconds}`;
      await qmp.execute('object-add', { 'qom-type': 'iothread', id, 'poll-max-ns': nanoseconds });
      const property = { path: `/objects/${id}`, property: 'poll-max-ns' };
      assert.equal(await qmp.execute('qom-get', property), nanoseconds);
    }
  });

  it('hears why QEMU ends, then that it is gone', async (test) => {
    const { qmp } = await qemuFor(test);
    const since = qmp.mark();
    await qmp.execute('quit');
    const { data } = await qmp.waitForEvent('SHUTDOWN', { since, timeout: 60_000 });
    assert.deepEqual(data, { guest: false, reason: 'host-qmp-quit' });
    assert.equal((await qmp.closed).reason, 'server');
  });

  it('fails what is under way when QEMU is killed', async (test) => {
    const { qmp, kill } = await qemuFor(test);
    const waiting = qmp.waitForEvent('SHUTDOWN');
    const commands = Array.from({ length: 50 }, () => qmp.execute('query-qmp-schema'));
    kill();
    await assert.rejects(waiting, { name: 'ConnectionClosedError', reason: 'server' });
    for (const outcome of await Promise.allSettled(commands)) {
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof ConnectionClosedError);
    }
    assert.equal((await qmp.closed).reason, 'server');
  });
});

describe('missingCommands', () => {
  it('names just those that the running QEMU does not have', async (test) => {
    const { qmp } = await qemuFor(test, ['-machine', 'none']);
    const unknown = 'no-such-command' as CommandName;
    assert.deepEqual(await missingCommands(qmp, ['query-status', unknown, 'blockdev-add']), [unknown]);
  });

  it('finds every command of the committed schema in QEMU 10', async (test) => {
    const { qmp } = await qemuFor(test, ['-machine', 'none']);
    assert.deepEqual(await missingCommands(qmp, await committedCommands()), []);
  });
});
