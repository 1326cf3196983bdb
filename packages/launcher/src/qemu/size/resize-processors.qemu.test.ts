/**
 * Guarantee: processors come to a running guest and go from it, those that it started with too; one that it refuses to give
 * back stays, and is taken once it no longer does.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { bootGuest } from '@hypersdk/images/booted-guest';
import { connectQmp, type QmpClient } from 'qemu-monitor';
import { TransientError } from '../../problem.ts';
import { tinyGuest } from '../../testing/tiny-guest.ts';
import { qemuImg } from '../../testing/copy-volumes.ts';
import { resizeProcessors } from './resize-processors.ts';

const signal = AbortSignal.timeout(180_000);

const plugged = async (client: QmpClient): Promise<number> =>
  (await client.execute('query-cpus-fast', {}, { signal })).length;

it('gives and takes processors', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'processors-'));
  const disk = join(directory, 'disk.qcow2');
  qemuImg('create', '-q', '-f', 'qcow2', '-b', await tinyGuest(), '-F', 'qcow2', disk);
  const path = join(directory, 'qmp.sock');
  // A thread each, as KVM has it: QEMU cannot take one of those that share one.
  const threads = ['-accel', 'tcg,thread=multi', '-smp', 'cpus=2,maxcpus=4,sockets=1,cores=4,threads=1'];
  await using guest = bootGuest({
    ...{ disk, directory },
    arguments: [...threads, '-qmp', `unix:${path},server=on,wait=off`],
  });
  await guest.line(/READY/);
  const client = await connectQmp({ path, signal });
  await resizeProcessors(client, 4);
  assert.equal(await plugged(client), 4);
  guest.type('hold-cpus');
  await guest.line(/HOLDING-CPUS/);
  await assert.rejects(resizeProcessors(client, 1), (error) => {
    assert.ok(error instanceof TransientError);
    assert.match(error.problem.message, /cannot be taken off: the guest refuses/);
    return true;
  });
  assert.equal(await plugged(client), 4);
  guest.type('release-cpus');
  await guest.line(/RELEASING-CPUS/);
  await resizeProcessors(client, 1);
  assert.equal(await plugged(client), 1);
  guest.type('status');
  await guest.line(/CPUS 1 /);
  client.close();
  await rm(directory, { recursive: true });
});
