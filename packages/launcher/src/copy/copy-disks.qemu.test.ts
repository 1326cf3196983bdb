import assert from 'node:assert/strict';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  layerFile,
  type CopySpec,
  type LayersSpec,
  type LayersState,
  type LayerWork,
} from '@hypersdk/api/machine';
import { keepLayers } from '../layers/keep-layers.ts';
import { ProblemError } from '../problem.ts';
import { freezeDisk } from '../qemu/disks/freeze-disk.ts';
import { CopyVolumes, qemuImg } from '../testing/copy-volumes.ts';
import { content, kill, openDisk, write } from '../testing/guest-writes.ts';
import { copyDisks } from './copy-disks.ts';

const MIB = 1024 * 1024;
const signal = AbortSignal.timeout(300_000);

describe('a copier', () => {
  let volumes: CopyVolumes;
  beforeEach(async () => {
    volumes = await CopyVolumes.make();
  });
  afterEach(() => volumes.remove());

  const volume = (claim: string): string => volumes.volume(claim);
  const file = (claim: string): string => volumes.file(claim);
  const copyOf = (...wish: Parameters<CopyVolumes['copyOf']>): CopySpec => volumes.copyOf(...wish);
  const copy = (spec: CopySpec) =>
    copyDisks(spec, {
      images: volumes.images,
      paths: { config: volumes.root, runtime: volumes.root },
      signal,
      report: () => undefined,
    });
  const layersOf = async (claim: string): Promise<string[]> =>
    (await readdir(volume(claim))).filter((name) => name.startsWith('layer-'));

  for (const mode of ['full', 'linked'] as const) {
    it(`makes a ${mode} clone that has the source's data, and neither writes into the other`, async () => {
      assert.deepEqual(await copy(copyOf(mode)), { phase: 'Ready', progress: 100 });
      assert.deepEqual(await content(file('clone')), [1, 2, 0, 0]);
      write(file('source'), 3, 2);
      write(file('clone'), 4, 3);
      assert.deepEqual(await content(file('source')), [1, 2, 3, 0]);
      assert.deepEqual(await content(file('clone')), [1, 2, 0, 4]);
    });
  }

  it('makes a full clone that needs nothing of the source, and leaves the source as it is', async () => {
    const before = await stat(file('source'));
    await copy(copyOf('full'));
    assert.equal((await stat(file('source'))).mtimeMs, before.mtimeMs);
    await rm(volume('source'), { recursive: true });
    await rm(volume('golden'), { recursive: true });
    assert.deepEqual(await content(file('clone')), [1, 2, 0, 0]);
  });

  it('flattens a clone, which needs nothing of what it stood on then, and leaves it alone the next time', async () => {
    await copy(copyOf('linked'));
    write(file('clone'), 4, 3);
    for (let attempt = 0; attempt < 2; attempt++) await copy(copyOf('flatten', 'clone', 'clone'));
    await rm(volume('source'), { recursive: true });
    await rm(volume('golden'), { recursive: true });
    assert.deepEqual(await content(file('clone')), [1, 2, 0, 4]);
  });

  it('does not make a source that nobody has written deeper with each linked clone', async () => {
    await copy(copyOf('linked'));
    await copy(copyOf('linked', 'source', 'second', 'b2'));
    assert.deepEqual(await layersOf('source'), [layerFile('a1')]);
    assert.deepEqual(await content(file('second')), [1, 2, 0, 0]);
  });

  describe('of a source whose snapshot was deleted above a large layer', () => {
    const disks = (): LayersSpec['disks'] => [{ name: 'root', directory: volume('source') }];
    const keep = (work: LayerWork): Promise<LayersState> =>
      keepLayers({ disks: disks(), work }, { images: volumes.images, signal });
    beforeEach(async () => {
      await keep({ type: 'freeze', id: 'deleted' });
      await keep({ type: 'drop', ids: ['deleted'] });
      assert.deepEqual(await layersOf('source'), ['layer-deleted.dropped', layerFile('deleted')]);
    });
    /** The source holds more by now than the layer that was dropped. */
    async function goOn(): Promise<void> {
      for (const at of [0, 1, 2, 3]) write(file('source'), 3, at);
      await keep({ type: 'freeze', id: 'later' });
    }

    it('makes a linked clone that keeps its data when the source goes back to a later one', async () => {
      await copy(copyOf('linked'));
      await goOn();
      await keep({ type: 'restore', id: 'later' });
      assert.deepEqual(await content(file('source')), [3, 3, 3, 3]);
      assert.deepEqual(await content(file('clone')), [1, 2, 0, 0]);
    });

    it('makes several linked clones that stand on one layer of their own', async () => {
      await copy(copyOf('linked'));
      await copy(copyOf('linked', 'source', 'second', 'b2'));
      const layers = ['layer-a1.qcow2', 'layer-deleted.dropped', 'layer-deleted.qcow2'];
      assert.deepEqual(await layersOf('source'), layers);
    });
  });

  it('clones a clone', async () => {
    await copy(copyOf('linked'));
    write(file('clone'), 3, 2);
    await copy(copyOf('linked', 'clone', 'second', 'b2'));
    write(file('clone'), 4, 3);
    assert.deepEqual(await content(file('second')), [1, 2, 3, 0]);
  });

  it('leaves a clone alone that was finished by an attempt before it', async () => {
    await copy(copyOf('linked'));
    write(file('clone'), 4, 3);
    await copy(copyOf('linked'));
    assert.deepEqual(await content(file('clone')), [1, 2, 0, 4]);
  });

  it('does not copy a disk that a QEMU has open', async () => {
    const holder = await openDisk(file('source'));
    try {
      await assert.rejects(copy(copyOf('full')), /DiskInUse|another process/i);
    } finally {
      await kill(holder.process);
    }
    assert.deepEqual(await readdir(volume('clone')), []);
  });

  it('refuses a chain that leads out of the volumes', async () => {
    const secret = join(volumes.root, 'secret');
    await writeFile(secret, 'x'.repeat(MIB));
    await rm(file('source'));
    qemuImg('create', '-q', '-u', '-f', 'qcow2', '-b', secret, '-F', 'raw', file('source'), '8M');
    await assert.rejects(copy(copyOf('full')), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problem.reason, 'UnsafeImage');
      return true;
    });
  });

  it('freezes what a guest still writes, whatever dies between the steps', async () => {
    const layer = join(volume('source'), layerFile('a1'));
    const freeze = () => freezeDisk({ directory: volume('source'), id: 'a1', virtualSize: 8 * MIB, signal });
    const guest = await openDisk(file('source'));
    assert.equal(await freeze(), layer);
    guest.write(3, 2);
    await kill(guest.process);
    assert.deepEqual(await content(file('source')), [1, 2, 3, 0]);
    assert.equal(await freeze(), layer);
    assert.deepEqual(await content(file('source')), [1, 2, 3, 0]);
  });
});
