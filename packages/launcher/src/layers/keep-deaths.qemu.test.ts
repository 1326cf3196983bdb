/**
 * Guarantee: whatever step a keeper is killed at that takes two disks to a snapshot with memory, or back where the guest did
 * not go on, its successor takes both; until then each holds what it held or what it is to hold, and every layer is whole.
 */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DISK_FILE, layerFile, type LayerWork, type SavedMemory } from '@hypersdk/api/machine';
import { exists } from '../files/exists.ts';
import { qemuImg } from '../testing/copy-volumes.ts';
import { blowsTo } from '../testing/deaths.ts';
import { check, content, write } from '../testing/guest-writes.ts';
import { Life } from '../testing/life.ts';
import { lived } from '../testing/lives.ts';
import { keepLayers } from './keep-layers.ts';

const [SNAPSHOT, FORMER] = ['aaaaaaaa', 'ffffffff'] as const;
const DISKS = ['root', 'data'] as const;
const OLD = [1, 2, 0, 0];
const NEW = [1, 0, 0, 0];

const restore = {
  ...{ type: 'restore', id: SNAPSHOT, memory: 'Required', keepAs: FORMER },
} as const satisfies LayerWork;
const undo = {
  ...{ type: 'restore', id: FORMER, memory: 'IfSaved', drop: [FORMER] },
} as const satisfies LayerWork;

const suspended: SavedMemory = {
  ...{ disk: 'root', file: 'resume.state', bytes: 9, qemuVersion: '10.0.0', acceleration: 'tcg' },
  shape: {
    ...{ uuid: 'a', machineType: 'q35', cpus: 1, memory: 1024, firmware: 'bios', disks: [], networks: [] },
    ...{ seed: false, guestAgent: true },
  },
};

describe('a keeper that is killed', () => {
  let root = '';
  const signal = AbortSignal.timeout(900_000);
  const file = (disk: string, name: string): string => join(root, 'volumes', disk, name);
  const keep = (work: LayerWork, until: AbortSignal = signal): Promise<unknown> => {
    const disks = DISKS.map((name) => ({ name, directory: join(root, 'volumes', name) }));
    return keepLayers({ disks, work }, { images: '/none', signal: until });
  };

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'keep-deaths-'));
    for (const disk of DISKS) {
      await mkdir(join(root, 'volumes', disk), { recursive: true });
      qemuImg('create', '-q', '-f', 'qcow2', file(disk, DISK_FILE), '8M');
      write(file(disk, DISK_FILE), 1, 0);
    }
    await keep({ type: 'freeze', id: SNAPSHOT });
    await writeFile(file('root', `memory-${SNAPSHOT}.state`), 'memory');
    await writeFile(file('root', `memory-${SNAPSHOT}.json`), '{}');
    for (const disk of DISKS) write(file(disk, DISK_FILE), 2, 1);
    await save('before');
    await keep(restore);
    await save('restored');
  });
  after(() => rm(root, { recursive: true }));

  const save = (name: string): Promise<void> =>
    cp(join(root, 'volumes'), join(root, name), { recursive: true });
  async function take(name: string): Promise<void> {
    await rm(join(root, 'volumes'), { recursive: true });
    await cp(join(root, name), join(root, 'volumes'), { recursive: true });
  }

  async function holds(...allowed: readonly (readonly number[])[]): Promise<void> {
    for (const disk of DISKS) {
      const held = (await content(file(disk, DISK_FILE))).join();
      assert.ok(
        allowed.some((bytes) => bytes.join() === held),
        `${disk} holds ${held}`,
      );
    }
  }

  async function layersAreSound(): Promise<void> {
    for (const disk of DISKS) {
      assert.deepEqual(await content(file(disk, layerFile(SNAPSHOT))), NEW);
      const names = await readdir(join(root, 'volumes', disk));
      for (const name of names.filter((name) => name.endsWith('.qcow2'))) await check(file(disk, name));
    }
  }

  const works = [
    { name: 'as it takes them there', from: 'before', work: restore, wanted: NEW, goesOn: true, least: 25 },
    { name: 'as it brings them back', from: 'restored', work: undo, wanted: OLD, goesOn: false, least: 20 },
  ] as const;
  for (const { name, from, work, wanted, goesOn, least } of works) {
    it(`${name} leaves both disks to its successor at any step`, async (t) => {
      const deaths = await blowsTo(async (step) => {
        await take(from);
        const life = new Life({ step, kills: true });
        await lived(life, () => keep(work));
        await holds(OLD, NEW);
        await keep(work);
        await holds(wanted);
        await layersAreSound();
        assert.equal(await exists(file('root', 'resume.state')), goesOn);
        assert.ok(await exists(file('root', `memory-${SNAPSHOT}.state`)));
        return life.hasStruck;
      });
      t.diagnostic(`${deaths} deaths`);
      assert.ok(deaths >= least, `it has ${deaths} steps`);
    });
  }

  it('or told to end at any step keeps what the disks held, for one that brings it back', async (t) => {
    const ends = await blowsTo(async (step) => {
      await take('before');
      const stopping = new AbortController();
      const also = (): void => {
        stopping.abort(new Error('told to end'));
      };
      const life = new Life({ step, kills: false, also });
      await lived(life, () => keep(restore, stopping.signal)).catch(() => {
        assert.ok(stopping.signal.aborted);
      });
      await keep(restore);
      await holds(NEW);
      await keep(undo);
      await holds(OLD);
      return life.hasStruck;
    });
    t.diagnostic(`${ends} ends`);
    assert.ok(ends >= 10, `it has ${ends} steps`);
  });

  it('keeps what the guest was to go on from, where its successor cannot take them there', async (t) => {
    const deaths = await blowsTo(async (step) => {
      await take('before');
      await writeFile(file('root', 'resume.json'), JSON.stringify(suspended));
      await writeFile(file('root', 'resume.state'), 'suspended');
      const life = new Life({ step, kills: true });
      await lived(life, () => keep(restore));
      if (!life.hasStruck) return false;
      await assert.rejects(keep({ ...restore, id: 'missing' }), /holds no layer layer-missing/);
      const kept = await exists(file('root', `memory-${FORMER}.state`));
      const next = kept ? `memory-${FORMER}.state` : 'resume.state';
      assert.equal(await readFile(file('root', next), 'utf8'), 'suspended');
      return true;
    });
    t.diagnostic(`${deaths} deaths`);
    assert.ok(deaths >= 25, `it has ${deaths} steps`);
  });
});
