import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { layerFile } from '@hypersdk/api/machine';
import { content, write } from '../../testing/guest-writes.ts';
import { GuestlessQemu } from '../../testing/guestless-qemu.ts';
import { activeNode } from './active-node.ts';
import { queryBlockGraph } from './block-graph.ts';
import { diskChain } from './disk-chain.ts';
import { freezeDisk } from './freeze-disk.ts';
import { freezeRunning, type Instant } from './freeze-running.ts';
import { overlayPath } from './lasting-name.ts';

const virtualSize = 8 * 1024 * 1024;

describe('a running QEMU whose disks are frozen', () => {
  let qemu: GuestlessQemu;
  beforeEach(async () => {
    qemu = await GuestlessQemu.create('root', 'data');
    for (const { name } of qemu.disks) write(qemu.file(name), 1, 0);
    await qemu.start();
  });
  afterEach(() => qemu.remove());

  const silently = (instant: () => Promise<void>): Promise<void> => instant();
  const freeze = (id: string, quiesce = silently): Promise<Instant> =>
    freezeRunning(qemu.client, { disks: qemu.disks, id, quiesce, signal: qemu.signal });
  const freezeFiles = (id: string): Promise<string> => {
    const directory = dirname(qemu.file('root'));
    return freezeDisk({
      directory,
      id,
      virtualSize,
      overlay: overlayPath(directory, id),
      signal: qemu.signal,
    });
  };
  const active = async (disk: string): Promise<string | undefined> =>
    activeNode(await queryBlockGraph(qemu.client), disk)?.['node-name'];

  it('goes on in overlays, and the layers stay as they were at that instant', async () => {
    await freeze('aaaaaaaa');
    await qemu.write('root', 2, 1);
    await qemu.write('data', 3, 1);
    assert.deepEqual(await content(qemu.file('root', layerFile('aaaaaaaa'))), [1, 0, 0, 0]);
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 0, 0]);
    assert.deepEqual(await content(qemu.file('data')), [1, 3, 0, 0]);
    assert.equal(await active('root'), 'disk-root.aaaaaaaa');
  });

  it('tells what was frozen, and once when, and how long it took', async () => {
    const instant = await freeze('aaaaaaaa');
    assert.deepEqual(
      instant.frozen.map(({ name, file }) => [name, file]),
      [
        ['root', 'layer-aaaaaaaa.qcow2'],
        ['data', 'layer-aaaaaaaa.qcow2'],
      ],
    );
    assert.ok((instant.pauseMilliseconds ?? 0) > 0 && Date.parse(instant.time ?? '') <= Date.now());
    assert.deepEqual(await freeze('aaaaaaaa'), { frozen: instant.frozen });
  });

  it('has the guest keep still for the instant alone, for which all is ready', async () => {
    const seen: (string | undefined)[] = [];
    await freeze('aaaaaaaa', async (instant) => {
      await qemu.write('root', 2, 1);
      seen.push(await active('root'));
      await instant();
      seen.push(await active('root'));
    });
    assert.deepEqual(seen, ['disk-root', 'disk-root.aaaaaaaa']);
    assert.deepEqual(await content(qemu.file('root', layerFile('aaaaaaaa'))), [1, 2, 0, 0]);
  });

  it('is frozen once by one id, and again by the next', async () => {
    await freeze('aaaaaaaa');
    await qemu.write('root', 2, 1);
    await freeze('aaaaaaaa');
    await freeze('bbbbbbbb');
    await qemu.write('root', 3, 2);
    assert.deepEqual(await content(qemu.file('root', layerFile('aaaaaaaa'))), [1, 0, 0, 0]);
    assert.deepEqual(await content(qemu.file('root', layerFile('bbbbbbbb'))), [1, 2, 0, 0]);
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 3, 0]);
    assert.deepEqual(await qemu.reads('root'), [1, 2, 3, 0]);
    const layers = ['bbbbbbbb', 'aaaaaaaa'].map((id) => qemu.file('root', layerFile(id)));
    assert.deepEqual(diskChain(await queryBlockGraph(qemu.client), 'root'), [qemu.file('root'), ...layers]);
  });

  it('loses nothing when all dies after the files were frozen and before QEMU was told', async () => {
    await freezeFiles('aaaaaaaa');
    await qemu.write('root', 2, 1);
    await qemu.kill();
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 0, 0]);
  });

  it('is frozen by the next attempt where one died between the files and QEMU', async () => {
    await freezeFiles('aaaaaaaa');
    await qemu.write('root', 2, 1);
    await freeze('aaaaaaaa');
    await qemu.write('root', 3, 2);
    assert.deepEqual(await content(qemu.file('root', layerFile('aaaaaaaa'))), [1, 2, 0, 0]);
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 3, 0]);
  });
});
