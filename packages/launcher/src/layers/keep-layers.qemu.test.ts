import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DISK_FILE, layerFile, LayersState, type LayersSpec, type LayerWork } from '@hypersdk/api/machine';
import { check, content, kill, openDisk, write } from '../testing/guest-writes.ts';
import { keepLayers } from './keep-layers.ts';

const signal = AbortSignal.timeout(900_000);
const image = (...args: string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8' });

describe('the keeper of layers', { concurrency: false }, () => {
  let root = '';
  let directory = '';
  const file = (name: string = DISK_FILE): string => join(directory, name);
  const spec = (work: LayerWork): LayersSpec => ({ disks: [{ name: 'root', directory }], work });
  const keep = (work: LayerWork): Promise<LayersState> =>
    keepLayers(spec(work), { images: join(root, 'images'), signal });
  const freeze = (id: string) => keep({ type: 'freeze', id });
  const restore = (id: string) => keep({ type: 'restore', id });
  const drop = (...ids: string[]) => keep({ type: 'drop', ids });
  const layers = async (): Promise<string[]> =>
    (await readdir(directory)).filter((name) => name !== DISK_FILE).sort();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'layers-'));
    directory = join(root, 'volume');
    await mkdir(join(root, 'images'));
    await mkdir(directory);
    image('create', '-q', '-f', 'qcow2', file(), '8M');
    write(file(), 1, 0);
  });
  afterEach(() => rm(root, { recursive: true }));

  /** a <- b <- c <- active; each has written one megabyte, and c has written over what a had. */
  async function chain(): Promise<void> {
    await freeze('a');
    write(file(), 2, 1);
    await freeze('b');
    write(file(), 3, 0);
    await freeze('c');
    write(file(), 4, 2);
  }
  const inChain: Record<string, number[]> = {
    [layerFile('a')]: [1, 0, 0, 0],
    [layerFile('b')]: [1, 2, 0, 0],
    [layerFile('c')]: [3, 2, 0, 0],
    [DISK_FILE]: [3, 2, 4, 0],
  };
  /** Chain, gone back to a and written on: a is stood on by b and by the active one. */
  async function tree(): Promise<void> {
    await chain();
    await restore('a');
    write(file(), 5, 3);
  }
  const inTree = { ...inChain, [DISK_FILE]: [1, 0, 0, 5] };

  async function holds(expected: Record<string, number[]>, ...dropped: string[]): Promise<void> {
    for (const [name, bytes] of Object.entries(expected)) {
      if (dropped.some((id) => layerFile(id) === name)) continue;
      assert.deepEqual(await content(file(name)), bytes, name);
      await check(file(name));
    }
  }

  it('freezes a disk, tells of the layer, and freezes once by one id', async () => {
    const { frozen } = await freeze('a');
    write(file(), 2, 1);
    assert.deepEqual(frozen?.[0]?.file, layerFile('a'));
    assert.ok(frozen[0].actualSize >= 1024 * 1024);
    assert.equal(frozen[0].virtualSize, 8 * 1024 * 1024);
    await freeze('a');
    await holds({ [layerFile('a')]: [1, 0, 0, 0], [DISK_FILE]: [1, 2, 0, 0] });
  });

  it('goes back to any layer, and forth again', async () => {
    await chain();
    await restore('a');
    await holds({ ...inChain, [DISK_FILE]: [1, 0, 0, 0] });
    await restore('c');
    await holds({ ...inChain, [DISK_FILE]: [3, 2, 0, 0] });
  });

  it('leaves all disks as they were where one of them cannot go back', async () => {
    await chain();
    const other = join(root, 'other');
    await cp(directory, other, { recursive: true });
    await rm(join(other, layerFile('b')));
    const disks = [...spec({ type: 'restore', id: 'b' }).disks, { name: 'other', directory: other }];
    const work = { type: 'restore', id: 'b' } as const;
    await assert.rejects(keepLayers({ disks, work }, { images: root, signal }), /Disk other: .*layer-b/);
    await holds(inChain);
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.endsWith('.next')),
      [],
    );
  });

  const drops: {
    name: string;
    make: () => Promise<void>;
    ids: string[];
    held: typeof inChain;
    left: string[];
  }[] = [
    { name: 'the root of a chain', make: chain, ids: ['a'], held: inChain, left: ['b', 'c'] },
    { name: 'the middle of a chain', make: chain, ids: ['b'], held: inChain, left: ['a', 'c'] },
    { name: 'the top of a chain', make: chain, ids: ['c'], held: inChain, left: ['a', 'b'] },
    { name: 'all of a chain', make: chain, ids: ['a', 'b', 'c'], held: inChain, left: ['c'] },
    { name: 'a leaf of a tree', make: tree, ids: ['c'], held: inTree, left: ['a', 'b'] },
    { name: 'the middle of a branch', make: tree, ids: ['b'], held: inTree, left: ['a', 'c'] },
    { name: 'a whole branch', make: tree, ids: ['b', 'c'], held: inTree, left: ['a'] },
  ];
  for (const { name, make, ids, held, left } of drops) {
    it(`drops ${name}, and all else holds what it held`, async () => {
      await make();
      await drop(...ids);
      await holds(held, ...ids);
      const kept = (await layers()).filter((found) => found.endsWith('.qcow2'));
      assert.deepEqual(kept, left.map(layerFile));
    });
  }

  it('leaves a layer that two stand on until one of them has gone', async () => {
    await tree();
    await drop('a');
    await holds(inTree, 'a');
    assert.deepEqual(await layers(), ['layer-a.dropped', 'layer-a.qcow2', 'layer-b.qcow2', 'layer-c.qcow2']);
    await drop('b', 'c');
    await holds({ [DISK_FILE]: [1, 0, 0, 5] });
    assert.deepEqual(await layers(), []);
  });

  it('marks what is dropped and folds nothing while others stand on layers of the volume', async () => {
    await chain();
    const files = async (): Promise<number[]> =>
      Promise.all(['a', 'b', 'c'].map(async (id) => (await stat(file(layerFile(id)))).ino));
    const before = await files();
    const keepShared = (work: LayerWork): Promise<LayersState> =>
      keepLayers({ ...spec(work), sharedLayers: true }, { images: join(root, 'images'), signal });
    await keepShared({ type: 'drop', ids: ['b'] });
    await keepShared({ type: 'restore', id: 'a', drop: ['c'] });
    await holds({ ...inChain, [DISK_FILE]: [1, 0, 0, 0] });
    assert.deepEqual(await files(), before);
    await restore('a');
    assert.deepEqual(await layers(), [layerFile('a')]);
  });

  it('does not copy a large layer that the active one stands on', async () => {
    for (const at of [1, 2, 3]) write(file(), 1, at);
    await freeze('a');
    write(file(), 2, 1);
    const before = image('info', '-f', 'qcow2', file());
    await drop('a');
    assert.equal(image('info', '-f', 'qcow2', file()), before);
    assert.deepEqual(await content(file()), [1, 2, 1, 1]);
  });

  it('goes back, and forth again, while others read what it is to fold away', async () => {
    await chain();
    const { process: reader } = await openDisk(file(layerFile('c')), true);
    try {
      await keep({ type: 'restore', id: 'a', keepAs: 'f', drop: ['b'] });
      await holds({ ...inChain, [DISK_FILE]: [1, 0, 0, 0] }, 'b');
      assert.ok((await layers()).includes('layer-b.dropped'));
      await keep({ type: 'restore', id: 'f', drop: ['f'] });
    } finally {
      await kill(reader);
    }
    await holds(inChain, 'b');
    await drop();
    await holds(inChain, 'b');
    assert.ok(!(await layers()).includes(layerFile('b')));
  });

  /** Stands before qemu-img, and kills the keeper with its n-th call: before the call, or just after it. */
  async function killer(moment: 'before' | 'after', call: number): Promise<string> {
    const bin = join(root, 'bin');
    await mkdir(bin, { recursive: true });
    await rm(join(bin, 'calls'), { recursive: true, force: true });
    await mkdir(join(bin, 'calls'));
    const kill = (then: string) => `if [ "$n" -eq ${call} ]; then kill -9 $PPID; exit 1; fi${then}`;
    const real = execFileSync('which', ['qemu-img'], { encoding: 'utf8' }).trim();
    const [first, last] = moment === 'before' ? [kill(''), ''] : ['', kill('')];
    const lines = [
      `n=1; until mkdir ${bin}/calls/$n 2>/dev/null; do n=$((n + 1)); done`,
      first,
      `${real} "$@"; rc=$?`,
      last,
      'exit $rc',
    ];
    await writeFile(join(bin, 'qemu-img'), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
    return bin;
  }

  async function keeper(work: LayerWork, bin: string): Promise<LayersState | undefined> {
    const log = join(root, 'termination');
    const env = {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      LAYERS_SPEC: JSON.stringify(spec(work)),
      TERMINATION_LOG: log,
      HYPERSDK_IMAGES: join(root, 'images'),
    };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === null ? undefined : LayersState.parse(JSON.parse(await readFile(log, 'utf8')));
  }

  type Moment = 'before' | 'after';
  interface Killed {
    readonly name: string;
    readonly moments?: readonly Moment[];
    readonly work: LayerWork;
    readonly held: typeof inChain;
    readonly dropped: readonly string[];
  }
  const works: Killed[] = [
    { name: 'freezes', moments: ['before'], work: { type: 'freeze', id: 'd' }, held: inTree, dropped: [] },
    {
      name: 'goes back',
      moments: ['after'],
      work: { type: 'restore', id: 'b' },
      held: { ...inTree, [DISK_FILE]: [1, 2, 0, 0] },
      dropped: [DISK_FILE],
    },
    { name: 'drops', work: { type: 'drop', ids: ['a', 'b'] }, held: inTree, dropped: ['a', 'b'] },
  ];
  for (const { name, moments = ['before', 'after'] as const, work, held, dropped } of works) {
    for (const moment of moments satisfies readonly Moment[]) {
      it(`loses nothing when it is killed as it ${name}, ${moment} whatever call of qemu-img`, async () => {
        await tree();
        const saved = join(root, 'saved');
        await cp(directory, saved, { recursive: true });
        for (let call = 1, done = false; !done; call += 1) {
          await rm(directory, { recursive: true });
          await cp(saved, directory, { recursive: true });
          done = (await keeper(work, await killer(moment, call))) !== undefined;
          const { [DISK_FILE]: active, ...frozen } = held;
          const steady = dropped.includes(DISK_FILE) ? frozen : { ...frozen, [DISK_FILE]: active ?? [] };
          await holds(steady, ...dropped);
          assert.equal((await keep(work)).phase, 'Ready');
          await holds(held, ...dropped);
          if (done) assert.ok(call > 1);
        }
      });
    }
  }
});
