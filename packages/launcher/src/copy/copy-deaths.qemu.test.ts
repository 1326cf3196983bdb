/**
 * Guarantee: whatever step a copier is killed at, the next one makes the clone whole, and the source holds what it held
 * all the time; memory that a clone takes away is in one of the two.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DISK_FILE, type CopyDisk, type CopySpec, machineShape } from '@hypersdk/api/machine';
import { keepLayers } from '../layers/keep-layers.ts';
import { CopyVolumes } from '../testing/copy-volumes.ts';
import { type Death, deathsOf } from '../testing/deaths.ts';
import { check, content, write } from '../testing/guest-writes.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { writeSavedState } from '../testing/saved-state.ts';
import { copyDisks } from './copy-disks.ts';

const signal = AbortSignal.timeout(900_000);

/** Whether it was killed. */
async function runCopier({ root, images }: CopyVolumes, spec: CopySpec, death: Death): Promise<boolean> {
  const copier = spawn(process.execPath, [...death.args, join(import.meta.dirname, 'main.ts')], {
    stdio: 'ignore',
    env: {
      ...{ ...process.env, ...death.env },
      COPY_SPEC: JSON.stringify(spec),
      HYPERSDK_IMAGES: images,
      HYPERSDK_CONFIG: join(root, 'no-certificates'),
      TERMINATION_LOG: join(root, 'termination-log'),
    },
  });
  const [, killedBy] = (await once(copier, 'exit')) as [number | null, string | null];
  return killedBy === 'SIGKILL';
}

const copy = (volumes: CopyVolumes, spec: CopySpec): Promise<unknown> =>
  copyDisks(spec, {
    images: volumes.images,
    paths: { config: volumes.root, runtime: volumes.root },
    signal,
    report: () => undefined,
  });

/** Of what a guest wrote to the source, and to the clone where there was one before. */
async function assertWhole(volumes: CopyVolumes): Promise<void> {
  for (const claim of ['source', 'clone']) {
    assert.deepEqual(await content(volumes.file(claim)), [1, 2, 0, 0], claim);
    await check(volumes.file(claim));
    const left = (await readdir(volumes.volume(claim))).filter((name) => !/^(layer-|resume)/.test(name));
    assert.deepEqual(left, [DISK_FILE], claim);
  }
}

/** As a snapshot that was made and deleted while the guest was off; whatever can be folded is. */
async function dropBelow(volumes: CopyVolumes, id: string): Promise<void> {
  const disks = [{ name: 'root', directory: volumes.volume('source') }];
  const keeping = { images: volumes.images, signal };
  await keepLayers({ disks, work: { type: 'freeze', id } }, keeping);
  await keepLayers({ disks, work: { type: 'drop', ids: [id] } }, keeping);
}

describe('a copier that is killed', () => {
  const copies: { name: string; mode: CopyDisk['mode']; isDropped?: boolean; least: number }[] = [
    { name: 'a full clone', mode: 'full', least: 6 },
    { name: 'a linked clone', mode: 'linked', least: 10 },
    { name: 'a linked clone above a layer that was dropped', mode: 'linked', isDropped: true, least: 10 },
    { name: 'a linked disk to flatten', mode: 'flatten', least: 3 },
  ];
  for (const { name, mode, isDropped = false, least } of copies) {
    it(`at any step leaves ${name} to its successor`, async () => {
      const deaths = await deathsOf(async (death) => {
        const volumes = await CopyVolumes.make();
        try {
          if (isDropped) await dropBelow(volumes, 'deleted');
          if (mode === 'flatten') await copy(volumes, volumes.copyOf('linked'));
          const spec = mode === 'flatten' ? volumes.copyOf(mode, 'clone') : volumes.copyOf(mode);
          const hasDied = await runCopier(volumes, spec, death);
          assert.deepEqual(await content(volumes.file('source')), [1, 2, 0, 0]);
          await copy(volumes, spec);
          await assertWhole(volumes);
          for (const at of [1, 2, 3]) write(volumes.file('source'), 3, at);
          if (isDropped) await dropBelow(volumes, 'later');
          assert.deepEqual(await content(volumes.file('clone')), [1, 2, 0, 0]);
          return hasDied;
        } finally {
          await volumes.remove();
        }
      });
      assert.ok(deaths >= least, `it has ${deaths} steps`);
    });
  }

  it('at any step leaves memory to its successor', async () => {
    const deaths = await deathsOf(async (death) => {
      const volumes = await CopyVolumes.make();
      try {
        const spec = await withMemory(volumes);
        const hasDied = await runCopier(volumes, spec, death);
        await copy(volumes, spec);
        await assertWhole(volumes);
        const names = await readdir(volumes.volume('clone'));
        assert.deepEqual(names.sort(), [DISK_FILE, 'resume.json', 'resume.state']);
        assert.equal(
          (await readFile(join(volumes.volume('clone'), 'resume.state'))).subarray(-7).toString(),
          'devices',
        );
        return hasDied;
      } finally {
        await volumes.remove();
      }
    });
    assert.ok(deaths >= 10, `it has ${deaths} steps`);
  });
});

/** A full copy with memory that lies in the source's volume. */
async function withMemory(volumes: CopyVolumes): Promise<CopySpec> {
  const [from, to] = [volumes.volume('source'), volumes.volume('clone')];
  await writeSavedState(join(from, 'clone-a1.state'));
  const saved = {
    ...{ disk: 'root', file: 'clone-a1.state', bytes: 1, qemuVersion: '10.0.0', acceleration: 'tcg' },
    shape: machineShape(machineSpec()),
  };
  await writeFile(join(from, 'clone-a1.json'), JSON.stringify(saved));
  return {
    ...volumes.copyOf('full'),
    memory: {
      from: { directory: from, file: 'clone-a1.state' },
      to: { disk: 'root', directory: to },
      ...{ isMoved: true, uuid: randomUUID(), macs: {}, hostname: 'clone' },
    },
  };
}
