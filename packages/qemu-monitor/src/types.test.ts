import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { qmpTypes } from '../generate.ts';
import { readFile } from 'node:fs/promises';
import { connectFake } from './testing/connect-fake.ts';
import type { FakeHandler } from './testing/fake-server.ts';
import type { BlockdevOptions, JobStatus, RunState } from './types.ts';

const refuse: FakeHandler = (connection, call) => {
  connection.fail(call, 'GenericError', 'Invalid parameter');
};

describe('the types of commands and events', () => {
  it('are up to date with the schema', async () => {
    const committed = await readFile(new URL('generated/qmp.ts', import.meta.url), 'utf8');
    assert.ok(committed === (await qmpTypes()), 'run generate.ts');
  });

  it('refuse what QEMU would refuse', async (test) => {
    const handlers = { 'blockdev-add': refuse, 'query-status': refuse, device_del: refuse };
    const { qmp } = await connectFake(test, { handlers });
    // @ts-expect-error -- arguments that QEMU needs cannot be left out
    await assert.rejects(qmp.execute('device_del'));
    // @ts-expect-error -- the command takes none
    await assert.rejects(qmp.execute('query-status', { verbose: true }));
    // @ts-expect-error -- a member of another driver's
    await assert.rejects(qmp.execute('blockdev-add', { driver: 'raw', filename: '/disk' }));
    // @ts-expect-error -- not to be executed out of band
    await assert.rejects(qmp.executeOob('query-status'));
    // @ts-expect-error -- no such event
    const waiting = qmp.waitForEvent('NO_SUCH_EVENT', { timeout: 1 });
    await assert.rejects(waiting);
  });

  it('tell the members of a union by their tag', () => {
    const disk: BlockdevOptions = {
      driver: 'qcow2',
      'node-name': 'disk0',
      file: { driver: 'file', filename: '/volumes/disk0/disk.qcow2', aio: 'native', locking: 'on' },
      backing: null,
    };
    const status: JobStatus = 'concluded';
    const state: RunState = 'prelaunch';
    assert.deepEqual([disk.driver, status, state], ['qcow2', 'concluded', 'prelaunch']);
  });
});
