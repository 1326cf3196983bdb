/**
 * Guarantee: whatever step a copier is killed at, the next one makes the clone whole, and the source holds what it held
 * all the time.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DISK_FILE, type CopySpec } from '@hypersdk/api/machine';
import { CopyVolumes, qemuImg } from '../testing/copy-volumes.ts';
import { type Death, deathsOf } from '../testing/deaths.ts';
import { content, write } from '../testing/guest-writes.ts';
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
    qemuImg('check', '-q', volumes.file(claim));
    const left = (await readdir(volumes.volume(claim))).filter((name) => !name.startsWith('layer-'));
    assert.deepEqual(left, [DISK_FILE], claim);
  }
}

describe('a copier that is killed', () => {
  const copies = [
    { name: 'a full clone', mode: 'full', least: 6 },
    { name: 'a linked clone', mode: 'linked', least: 10 },
    { name: 'a linked disk to flatten', mode: 'flatten', least: 3 },
  ] as const;
  for (const { name, mode, least } of copies) {
    it(`at any step leaves ${name} to its successor`, async () => {
      const deaths = await deathsOf(async (death) => {
        const volumes = await CopyVolumes.make();
        try {
          if (mode === 'flatten') await copy(volumes, volumes.copyOf('linked'));
          const spec = mode === 'flatten' ? volumes.copyOf(mode, 'clone') : volumes.copyOf(mode);
          const hasDied = await runCopier(volumes, spec, death);
          assert.deepEqual(await content(volumes.file('source')), [1, 2, 0, 0]);
          await copy(volumes, spec);
          await assertWhole(volumes);
          write(volumes.file('source'), 3, 2);
          assert.deepEqual(await content(volumes.file('clone')), [1, 2, 0, 0]);
          return hasDied;
        } finally {
          await volumes.remove();
        }
      });
      assert.ok(deaths >= least, `it has ${deaths} steps`);
    });
  }
});
