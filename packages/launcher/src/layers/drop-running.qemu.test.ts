import assert from 'node:assert/strict';
import { cp, readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DISK_FILE, layerFile } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import { chainNodes } from '../qemu/disks/active-node.ts';
import { queryBlockGraph } from '../qemu/disks/block-graph.ts';
import { freezeRunning } from '../qemu/disks/freeze-running.ts';
import { check, content, kill, openDisk } from '../testing/guest-writes.ts';
import { GuestlessQemu } from '../testing/guestless-qemu.ts';
import { dropRunning } from './drop-running.ts';
import { keepLayers } from './keep-layers.ts';

const [A, B, C] = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'] as const;

describe('a running QEMU whose layers are dropped', { concurrency: false }, () => {
  let qemu: GuestlessQemu;
  const directory = (): string => dirname(qemu.file('root'));
  const freeze = (id: string): Promise<unknown> =>
    freezeRunning(qemu.client, {
      ...{ disks: qemu.disks, id, signal: qemu.signal },
      quiesce: (instant) => instant(),
    });
  const drop = (ids: readonly string[], client = qemu.client): Promise<void> =>
    dropRunning(client, { disks: qemu.disks, ids, isShared: false, signal: qemu.signal });
  const files = async (): Promise<string[]> =>
    (await readdir(directory())).filter((name) => /^layer-[a-z]+\.(qcow2|dropped)$/.test(name)).sort();

  const held: Record<string, number[]> = {
    [layerFile(A)]: [1, 0, 0, 0],
    [layerFile(B)]: [1, 2, 0, 0],
    [layerFile(C)]: [3, 2, 0, 0],
    [DISK_FILE]: [3, 2, 4, 0],
  };
  /** What QEMU still has of the active layer in its memory is for its guest to tell. */
  async function holds(...dropped: string[]): Promise<void> {
    for (const [name, bytes] of Object.entries(held)) {
      if (dropped.some((id) => layerFile(id) === name) || (name === DISK_FILE && qemu.isRunning)) continue;
      assert.deepEqual(await content(qemu.file('root', name)), bytes, name);
      await check(qemu.file('root', name));
    }
  }

  const guestSees = async (...bytes: number[]): Promise<void> => {
    assert.deepEqual(await qemu.reads('root'), bytes);
  };

  /** a <- b <- c <- active, all made under the running QEMU. */
  beforeEach(async () => {
    qemu = await GuestlessQemu.create('root');
    await qemu.start();
    await qemu.write('root', 1, 0);
    await freeze(A);
    await qemu.write('root', 2, 1);
    await freeze(B);
    await qemu.write('root', 3, 0);
    await freeze(C);
    await qemu.write('root', 4, 2);
  });
  afterEach(() => qemu.remove());

  const rows = [
    { name: 'the root', ids: [A], left: [B, C] },
    { name: 'the middle', ids: [B], left: [A, C] },
    { name: 'the top', ids: [C], left: [A, B] },
    { name: 'all but one', ids: [A, C], left: [B] },
  ];
  for (const { name, ids, left } of rows) {
    it(`has ${name} folded away below its guest, which writes on and can be frozen again`, async () => {
      await drop(ids);
      assert.deepEqual(await files(), left.map(layerFile));
      await holds(...ids);
      const nodes = chainNodes(await queryBlockGraph(qemu.client), 'root');
      assert.equal(nodes?.length, left.length + 1);
      await guestSees(3, 2, 4, 0);
      await qemu.write('root', 5, 3);
      await freeze('dddddddd');
      assert.deepEqual(await content(qemu.file('root', layerFile('dddddddd'))), [3, 2, 4, 5]);
      await drop([...ids, 'dddddddd']);
      await qemu.kill();
      assert.deepEqual(await content(qemu.file('root')), [3, 2, 4, 5]);
      await check(qemu.file('root'));
    });
  }

  it('marks the layers and folds nothing while others stand on them', async () => {
    const before = await files();
    await dropRunning(qemu.client, { disks: qemu.disks, ids: [B], isShared: true, signal: qemu.signal });
    assert.deepEqual(await files(), [...before, 'layer-bbbbbbbb.dropped'].sort());
    await holds();
    await guestSees(3, 2, 4, 0);
    await drop([]);
    assert.deepEqual(await files(), [A, C].map(layerFile));
  });

  it('leaves a layer for later that others read meanwhile', async () => {
    const { process: reader } = await openDisk(qemu.file('root', layerFile(B)), true);
    try {
      await drop([A]);
      assert.ok((await files()).includes(`layer-${A}.dropped`));
    } finally {
      await kill(reader);
    }
    await drop([]);
    assert.deepEqual(await files(), [B, C].map(layerFile));
    await holds(A);
  });

  it('leaves a disk alone whose freeze is half done', async () => {
    const before = await files();
    await assert.rejects(
      freezeRunning(qemu.client, {
        ...{ disks: qemu.disks, id: 'dddddddd', signal: qemu.signal },
        quiesce: () => Promise.reject(new Error('died')),
      }),
      /died/,
    );
    await drop([B]);
    assert.deepEqual(await files(), [...before, 'layer-bbbbbbbb.dropped', layerFile('dddddddd')].sort());
    await freeze('dddddddd');
    await drop([B]);
    assert.deepEqual(await files(), [A, C, 'dddddddd'].map(layerFile));
    await holds(B);
  });

  /** Dies when QEMU has obeyed the n-th command, which is as dying before the next. */
  function mortal(client: QmpClient, last: number): QmpClient {
    let calls = 0;
    const execute = async (...command: Parameters<QmpClient['execute']>): Promise<unknown> => {
      calls += 1;
      const call = calls;
      if (call > last) throw new Error('killed');
      try {
        return await client.execute(...command);
      } finally {
        if (call === last) await Promise.reject(new Error('killed'));
      }
    };
    return new Proxy(client, {
      get: (target, name) => {
        if (name === 'execute') return execute;
        const found: unknown = Reflect.get(target, name);
        return typeof found === 'function' ? (found.bind(target) as unknown) : found;
      },
    });
  }

  const isDone = (dropped: Promise<void>): Promise<boolean> =>
    dropped.then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && error.message === 'killed') return false;
        throw error;
      },
    );

  for (const survivor of ['QEMU', 'nobody'] as const) {
    it(`loses nothing when the launcher dies after whatever command, and ${survivor} goes on`, async () => {
      const saved = `${directory()}.saved`;
      await qemu.kill();
      await cp(directory(), saved, { recursive: true });
      // Half of them each, so that every command is one's.
      for (let call = survivor === 'QEMU' ? 1 : 2, done = false; !done; call += 2) {
        await rm(directory(), { recursive: true });
        await cp(saved, directory(), { recursive: true });
        await qemu.start();
        done = await isDone(drop([A, C], mortal(qemu.client, call)));
        await holds(A, C);
        if (survivor === 'QEMU') await drop([A, C]);
        await guestSees(3, 2, 4, 0);
        await qemu.kill();
        await holds(A, C);
        const disks = [{ name: 'root', directory: directory() }];
        const work = { type: 'drop' as const, ids: [A, C] };
        await keepLayers({ disks, work }, { images: qemu.root, signal: qemu.signal });
        await holds(A, C);
        assert.deepEqual(await files(), [layerFile(B)]);
        if (done) assert.ok(call > 10);
      }
    });
  }
});
