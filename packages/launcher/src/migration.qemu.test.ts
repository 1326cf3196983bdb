import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Migration } from './testing/migration.ts';
import type { TestPod } from './testing/pod.ts';

const ticks = async ({ console }: TestPod): Promise<number[]> =>
  [...(await readFile(console, 'utf8')).matchAll(/^tick (\d+) /gm)].map(([, tick]) => Number(tick));

describe('a guest that goes to another pod', () => {
  let migration: Migration;
  beforeEach(async () => {
    migration = await Migration.create();
    await migration.startGuest();
  });
  afterEach(() => migration.remove());

  /** Every second is counted once, by the one or the other. */
  async function assertCountsOn(): Promise<void> {
    const { source, target } = migration;
    const before = (await ticks(source)).at(-1) ?? 0;
    await target.waitForConsole(new RegExp(`^tick ${before + 2} `, 'm'));
    const all = [...(await ticks(source)), ...(await ticks(target))];
    assert.deepEqual(
      all,
      all.map((_, index) => index + 1),
    );
  }

  for (const storage of ['shared', 'mirrored'] as const) {
    it(`counts on there, with disks that are ${storage}, and its QEMU here ends`, async () => {
      const { source, target } = migration;
      await migration.await(storage);
      await migration.send();
      const state = await target.waitForState(({ phase }) => phase === 'Running');
      assert.equal(state.migration?.phase, 'Done');
      assert.equal(await source.launcherExit(), 0);
      assert.equal((await source.leftExit())?.reason, 'migrated');
      await assertCountsOn();
    });
  }
});
