import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DISK_FILE, type MachineDisk, type MachineDiskSource } from '@hypersdk/api/machine';
import { ProblemError } from '../../problem.ts';
import { content, write } from '../../testing/guest-writes.ts';
import { blankDisk } from '../../testing/machine-spec.ts';
import { diskPath, observeDisk, partialPath, type ReadyDisk } from './disk.ts';
import { growDisk, makeDisk } from './make-disk.ts';

const MIB = 1024 * 1024;
const signal = AbortSignal.timeout(300_000);
const image = (...args: string[]): void => {
  execFileSync('qemu-img', args, { stdio: 'ignore' });
};

describe('a disk in its volume', () => {
  let root = '';
  let golden = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'disk-'));
    await Promise.all(['volume', 'images'].map((name) => mkdir(join(root, name))));
    golden = join(root, 'images/image.qcow2');
    image('create', '-q', '-f', 'qcow2', golden, '8M');
  });
  afterEach(() => rm(root, { recursive: true }));

  const making = {
    ...{ signal, onProgress: () => undefined },
    get images() {
      return join(root, 'images');
    },
  };

  const disk = (source: MachineDiskSource, size = 16 * MIB): MachineDisk =>
    blankDisk({ volume: { type: 'filesystem', directory: join(root, 'volume') }, size, source });
  const fromImage = (clone: 'linked' | 'full', path = golden): MachineDiskSource => ({
    type: 'image',
    path,
    clone,
  });
  const observe = (wanted: MachineDisk) => observeDisk(wanted, join(root, 'images'), signal);
  const observeReady = async (wanted: MachineDisk): Promise<ReadyDisk> => {
    const found = await observe(wanted);
    if (found.state !== 'ready') throw new Error('the disk is missing');
    return found;
  };
  const problemOf = async (promise: Promise<unknown>): Promise<string> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof ProblemError) return error.problem.reason;
    throw new Error('no problem', { cause: error });
  };

  const sources = [
    { name: 'blank', source: () => ({ type: 'blank' }) as const, layers: 1 },
    { name: 'a linked clone', source: () => fromImage('linked'), layers: 2 },
    { name: 'a full clone', source: () => fromImage('full'), layers: 1 },
  ];
  for (const { name, source, layers } of sources) {
    it(`is made ${name}, of the spec's size`, async () => {
      assert.deepEqual(await observe(disk(source())), { state: 'missing' });
      await makeDisk(disk(source()), making);
      const found = await observeReady(disk(source()));
      assert.equal(found.virtualSize, 16 * MIB);
      assert.equal(found.layers.length, layers);
      await assert.rejects(readFile(partialPath(disk(source()))), { code: 'ENOENT' });
    });
  }

  it('says how far a copy is', async () => {
    const seen: number[] = [];
    await makeDisk(disk(fromImage('full')), {
      ...making,
      images: making.images,
      onProgress: (percent) => seen.push(percent),
    });
    assert.equal(seen.at(-1), 100);
  });

  it('is never smaller than its image', async () => {
    await makeDisk(disk(fromImage('linked'), MIB), making);
    assert.equal((await observeReady(disk(fromImage('linked')))).virtualSize, 8 * MIB);
  });

  it('is made over what a dead attempt left', async () => {
    await writeFile(partialPath(disk(fromImage('full'))), 'half a disk');
    await makeDisk(disk(fromImage('full')), making);
    assert.equal((await observe(disk(fromImage('full')))).state, 'ready');
  });

  it('grows, and keeps its size when it should shrink', async () => {
    await makeDisk(disk({ type: 'blank' }), making);
    await growDisk(disk({ type: 'blank' }, 32 * MIB), signal);
    assert.equal((await observeReady(disk({ type: 'blank' }))).virtualSize, 32 * MIB);
    await assert.rejects(growDisk(disk({ type: 'blank' }, MIB), signal));
    assert.equal((await observeReady(disk({ type: 'blank' }))).virtualSize, 32 * MIB);
  });

  it('stops being copied when told, and is not there then', async () => {
    await assert.rejects(makeDisk(disk(fromImage('full')), { ...making, signal: AbortSignal.abort() }));
    assert.equal((await observe(disk(fromImage('full')))).state, 'missing');
  });

  it('is not made without its golden image', async () => {
    const gone = disk(fromImage('linked', join(root, 'images/gone')));
    assert.equal(await problemOf(makeDisk(gone, making)), 'ImageMissing');
  });

  it('is not made from an image that stands on another file', async () => {
    const overlay = join(root, 'images/overlay');
    image('create', '-q', '-f', 'qcow2', '-b', golden, '-F', 'qcow2', overlay);
    assert.equal(await problemOf(makeDisk(disk(fromImage('linked', overlay)), making)), 'UnsafeImage');
  });

  it('is never made up where one should exist', async () => {
    assert.equal(await problemOf(makeDisk(disk({ type: 'existing' }), making)), 'DiskMissing');
  });

  it('is refused when its volume is not mounted', async () => {
    const unmounted = blankDisk({ volume: { type: 'filesystem', directory: join(root, 'nowhere') } });
    assert.equal(await problemOf(observe(unmounted)), 'VolumeMissing');
  });

  it('is refused when it refers to a file outside its volume and the images', async () => {
    const secret = join(root, 'secret');
    await copyFile(golden, secret);
    image('create', '-q', '-f', 'qcow2', '-b', secret, '-F', 'qcow2', diskPath(disk({ type: 'existing' })));
    assert.equal(await problemOf(observe(disk({ type: 'existing' }))), 'UnsafeImage');
  });

  it('is refused when its header is spoilt', async () => {
    await makeDisk(disk({ type: 'blank' }), making);
    await truncate(join(root, 'volume', DISK_FILE), 10);
    assert.equal(await problemOf(observe(disk({ type: 'blank' }))), 'DiskCorrupt');
  });

  it('is raw on a block volume, whatever header its guest wrote', async () => {
    const device = join(root, 'device');
    image('create', '-q', '-f', 'qcow2', '-b', golden, '-F', 'qcow2', device);
    const found = await observeReady(blankDisk({ volume: { type: 'block', device } }));
    assert.deepEqual(found.layers, [{ file: device, driver: 'host_device', format: 'raw' }]);
  });

  it('is its image on a block volume, whatever an attempt before it has left there', async () => {
    const device = join(root, 'device');
    await writeFile(device, Buffer.alloc(16 * MIB, 7));
    write(golden, 5, 1);
    await makeDisk({ ...disk(fromImage('full')), volume: { type: 'block', device } }, making);
    const copied = await readFile(device);
    assert.ok(copied.subarray(0, MIB).every((byte) => byte === 0));
    assert.ok(copied.subarray(MIB, 2 * MIB).every((byte) => byte === 5));
    assert.equal(copied.length, 16 * MIB);
  });

  it('is not made on a block volume that is smaller than its image', async () => {
    const device = join(root, 'device');
    await writeFile(device, Buffer.alloc(4 * MIB));
    const small = { ...disk(fromImage('full')), volume: { type: 'block' as const, device } };
    assert.equal(await problemOf(makeDisk(small, making)), 'NoSpace');
  });

  const clones = [
    { what: 'taken where it is the image', record: '{"source":"a"}', byte: 6 },
    { what: 'thrown away where it is another', record: '{"source":"b"}', byte: 5 },
  ];
  for (const { what, record, byte } of clones) {
    it(`has its image cloned into its volume by the StorageClass, which is ${what}`, async () => {
      write(golden, 5, 0);
      await writeFile(join(root, 'images/image.json'), '{"source":"a"}');
      const cloned = join(root, 'volume/image.qcow2');
      await copyFile(golden, cloned);
      await writeFile(join(root, 'volume/image.json'), record);
      // As nothing else would tell the two apart.
      write(cloned, 6, 0);
      const wanted = disk(fromImage('full'));
      await makeDisk(wanted, making);
      assert.deepEqual(await content(diskPath(wanted)), [byte, 0, 0, 0]);
      assert.deepEqual(await readdir(join(root, 'volume')), [DISK_FILE]);
      assert.equal((await observeReady(wanted)).virtualSize, 16 * MIB);
    });
  }

  it('is a copy of all that is seen through a snapshot, which must not lead out of the volumes', async () => {
    write(golden, 5, 0);
    const layer = join(root, 'images/layer-1.qcow2');
    image('create', '-q', '-f', 'qcow2', '-b', golden, '-F', 'qcow2', layer);
    write(layer, 6, 1);
    const copy = disk({ type: 'image', path: layer, clone: 'full', isLayer: true });
    await makeDisk(copy, making);
    assert.deepEqual(await content(diskPath(copy)), [5, 6, 0, 0]);
    assert.equal((await observeReady(copy)).layers.length, 1);

    await rm(diskPath(copy));
    const secret = join(root, 'secret');
    await copyFile(golden, secret);
    image('rebase', '-q', '-u', '-f', 'qcow2', '-b', secret, '-F', 'qcow2', layer);
    assert.equal(await problemOf(makeDisk(copy, making)), 'UnsafeImage');
  });
});
