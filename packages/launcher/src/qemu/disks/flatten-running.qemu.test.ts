import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { layerFile } from '@hypersdk/api/machine';
import { content, write } from '../../testing/guest-writes.ts';
import { GuestlessQemu } from '../../testing/guestless-qemu.ts';
import { diskNodes } from './active-node.ts';
import { queryBlockGraph } from './block-graph.ts';
import { diskChain } from './disk-chain.ts';
import { createOverlay } from './disk-image.ts';
import { cancelFlatten, flattenJob, flattenRunning } from './flatten-running.ts';
import { freezeRunning } from './freeze-running.ts';

describe('a running QEMU whose disk is flattened', () => {
  let qemu: GuestlessQemu;
  /** A disk with a two, on a base with ones, which is what another volume holds. */
  beforeEach(async () => {
    qemu = await GuestlessQemu.create('base', 'root');
    write(qemu.file('base'), 1, 0);
    write(qemu.file('base'), 1, 1);
    await createOverlay(qemu.file('root'), qemu.file('base'), 8 * 1024 * 1024, qemu.signal);
    write(qemu.file('root'), 2, 1);
    await qemu.start('root');
  });
  afterEach(() => qemu.remove());

  const told: number[] = [];
  const onProgress = (percent: number): void => {
    told.push(percent);
  };
  const flatten = (): Promise<void> =>
    flattenRunning(qemu.client, 'root', { signal: qemu.signal, onProgress });
  const chain = async (): Promise<string[]> => diskChain(await queryBlockGraph(qemu.client), 'root');
  const takeAwayBase = (): Promise<void> => rename(qemu.file('base'), qemu.file('base', 'gone'));
  const alone = (): string[] => [qemu.file('root')];
  /** As slow as one likes: QEMU takes no step before the speed is raised. */
  const beginSlowly = async (): Promise<string> => {
    const id = flattenJob('root');
    const slow = { 'job-id': id, device: 'disk-root', speed: 1, 'auto-dismiss': false };
    await qemu.client.execute('block-stream', slow);
    return id;
  };

  it('needs nothing any more of what the disk stood on, while the guest writes on', async () => {
    await flatten();
    await qemu.write('root', 3, 2);
    assert.deepEqual(await chain(), alone());
    await qemu.kill();
    await takeAwayBase();
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 3, 0]);
  });

  it('closes the layers of disks that were frozen since the start', async () => {
    const quiesce = (instant: () => Promise<void>): Promise<void> => instant();
    for (const id of ['aaaaaaaa', 'bbbbbbbb']) {
      await freezeRunning(qemu.client, { disks: qemu.disks, id, quiesce, signal: qemu.signal });
    }
    await qemu.write('root', 3, 2);
    await flatten();
    const graph = await queryBlockGraph(qemu.client);
    assert.deepEqual(
      diskNodes(graph, 'root').map((node) => node['node-name']),
      ['disk-root.bbbbbbbb'],
    );
    assert.deepEqual(await chain(), alone());
    assert.deepEqual(await content(qemu.file('root', layerFile('bbbbbbbb'))), [1, 2, 0, 0]);
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 3, 0]);
    assert.deepEqual(await qemu.reads('root'), [1, 2, 3, 0]);
  });

  it('is followed to its end by a launcher that finds the job under way', async () => {
    const id = await beginSlowly();
    const flattened = flatten();
    await qemu.client.execute('block-job-set-speed', { device: id, speed: 0 });
    await flattened;
    assert.deepEqual(await chain(), alone());
    assert.deepEqual(await qemu.client.execute('query-jobs'), []);
    assert.ok(told.length > 0);
  });

  it('is whole when QEMU dies midway, and is flattened by the next', async () => {
    await beginSlowly();
    await qemu.kill();
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 0, 0]);
    await qemu.start('root');
    await flatten();
    assert.deepEqual(await chain(), alone());
  });

  it('stands where it stood once that is cancelled, and can be flattened later', async () => {
    await beginSlowly();
    const flattened = assert.rejects(flatten());
    await cancelFlatten(qemu.client, 'root');
    await flattened;
    assert.deepEqual(await chain(), [qemu.file('root'), qemu.file('base')]);
    await flatten();
    assert.deepEqual(await chain(), alone());
  });
});
