import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deviceRefusal } from './acceleration.ts';

describe('a device', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'device-test-'));
    await writeFile(join(directory, 'kvm'), '');
  });
  after(() => rm(directory, { recursive: true }));

  it('that is not there was not given', async () => {
    assert.match((await deviceRefusal(join(directory, 'none'))) ?? '', /^The pod was given no .*none\.$/);
  });

  it('that the system refuses is told of with its words and a cure', async () => {
    const refusal = await deviceRefusal(join(directory, 'kvm', 'below-a-file'));
    assert.match(refusal ?? '', /may not open .*ENOTDIR.*kvmDevicePlugin\.groupId/);
  });

  it('that can be opened is not refused', async () => {
    assert.equal(await deviceRefusal(join(directory, 'kvm')), undefined);
  });
});
