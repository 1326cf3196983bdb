import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { QmpClient } from './client.ts';
import { JobError } from './errors.ts';
import { waitForJob } from './jobs.ts';
import { startQemu } from './testing/qemu.ts';

const MIB = 1024 * 1024;
const timeout = 120_000;

async function qemuFor(test: TestContext): Promise<{ qmp: QmpClient; file: (name: string) => string }> {
  const { qmp, directory, stop } = await startQemu(['-machine', 'none']);
  test.after(stop);
  return { qmp, file: (name) => join(directory, name) };
}

/** A raw file of `size` bytes, opened as block node `name`. */
async function addFile(qmp: QmpClient, name: string, filename: string, size: number): Promise<void> {
  const options = { driver: 'file', filename, size } as const;
  await qmp.execute('blockdev-create', { 'job-id': `create-${name}`, options });
  await waitForJob(qmp, `create-${name}`, { timeout });
  await qmp.execute('blockdev-add', { driver: 'file', 'node-name': name, filename });
}

describe('waitForJob with a real QEMU', () => {
  it('sees blockdev-create through, and leaves no job behind', async (test) => {
    const { qmp, file } = await qemuFor(test);
    await addFile(qmp, 'protocol', file('disk.qcow2'), 0);
    const options = { driver: 'qcow2', file: 'protocol', size: 64 * MIB } as const;
    await qmp.execute('blockdev-create', { 'job-id': 'format', options });
    const job = await waitForJob(qmp, 'format', { timeout });
    assert.equal(job.type, 'create');
    assert.deepEqual(await qmp.execute('query-jobs'), []);
    assert.equal((await readFile(file('disk.qcow2'))).toString('latin1', 0, 3), 'QFI');
  });

  it('rejects with QEMU’s words when a job fails, and leaves no job behind', async (test) => {
    const { qmp } = await qemuFor(test);
    const options = { driver: 'file', filename: '/nowhere/disk.raw', size: MIB } as const;
    await qmp.execute('blockdev-create', { 'job-id': 'create', options });
    await assert.rejects(waitForJob(qmp, 'create', { timeout }), (error) => {
      assert.ok(error instanceof JobError);
      assert.match(error.message, /No such file or directory/);
      return true;
    });
    assert.deepEqual(await qmp.execute('query-jobs'), []);
  });

  it('copies a disk by blockdev-backup', async (test) => {
    const { qmp, file } = await qemuFor(test);
    for (const name of ['source', 'copy']) await addFile(qmp, name, file(name), 4 * MIB);
    const backup = { 'job-id': 'backup', device: 'source', target: 'copy', sync: 'full' } as const;
    await qmp.execute('blockdev-backup', { ...backup, 'auto-dismiss': false });
    const job = await waitForJob(qmp, 'backup', { timeout });
    assert.equal(job['current-progress'], 4 * MIB);
  });

  it('holds a mirror at ready, and rejects when it is cancelled by force', async (test) => {
    const { qmp, file } = await qemuFor(test);
    for (const name of ['source', 'copy']) await addFile(qmp, name, file(name), 4 * MIB);
    const mirror = { 'job-id': 'mirror', device: 'source', target: 'copy', sync: 'full' } as const;
    await qmp.execute('blockdev-mirror', { ...mirror, 'auto-dismiss': false });
    assert.equal((await waitForJob(qmp, 'mirror', { until: 'ready', timeout })).status, 'ready');
    await qmp.execute('block-job-cancel', { device: 'mirror', force: true });
    await assert.rejects(waitForJob(qmp, 'mirror', { timeout }), /Operation canceled/);
  });

  it('says that a job dismissed by itself is not known', async (test) => {
    const { qmp, file } = await qemuFor(test);
    for (const name of ['source', 'copy']) await addFile(qmp, name, file(name), MIB);
    const since = qmp.mark();
    const backup = { 'job-id': 'backup', device: 'source', target: 'copy', sync: 'full' } as const;
    await qmp.execute('blockdev-backup', backup);
    await qmp.waitForEvent('JOB_STATUS_CHANGE', {
      since,
      timeout,
      where: ({ data }) => data.status === 'null',
    });
    await assert.rejects(waitForJob(qmp, 'backup', { timeout }), JobError);
  });
});
