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
    it(`counts on there, with disks that are ${storage} and a processor that came to it, and its QEMU here ends`, async () => {
      const { source } = migration;
      await migration.grow(2);
      await migration.await(storage);
      await migration.send();
      const { target } = migration;
      const state = await target.waitForState(({ phase }) => phase === 'Running');
      assert.deepEqual([state.migration?.phase, state.resources?.cpus], ['Done', 2]);
      assert.equal(await source.launcherExit(), 0);
      assert.equal((await source.leftExit())?.reason, 'migrated');
      await assertCountsOn();
    });
  }

  /** What the guest changes all the while takes longer to send than it may stand still. */
  const tooSlow = { bandwidth: 2 ** 24, downtime: 1, autoConverge: false };
  const helps = [
    { help: 'stands still for longer', able: {}, changes: { longestDowntime: 1000 } },
    { help: 'goes before its memory', able: { postCopy: true }, changes: { postCopy: true } },
  ] as const;
  for (const { help, able, changes } of helps) {
    it(`${help} where it would never come to an end otherwise`, async () => {
      const { source } = migration;
      await migration.await('mirrored', able);
      await migration.send({ ...tooSlow, ...changes });
      const state = await migration.target.waitForState(({ migration: it }) => it?.phase === 'Done');
      assert.equal(state.phase, 'Running');
      assert.equal(await source.launcherExit(), 0);
      assert.equal((await source.leftExit())?.reason, 'migrated');
      await assertCountsOn();
    });
  }

  /** Slow enough to be met on its way. */
  const slowly = { bandwidth: 2 ** 20 };
  const onItsWay = (): Promise<unknown> =>
    migration.source.waitForState((state) => (state.migration?.transferred ?? 0) > 0);

  async function assertStays(reason: string): Promise<void> {
    const { source } = migration;
    const state = await source.waitForState((latest) => latest.migration?.phase === 'Failed');
    assert.deepEqual([state.phase, state.migration?.problem?.reason], ['Running', reason]);
    const seen = (await ticks(source)).at(-1) ?? 0;
    await source.waitForConsole(new RegExp(`^tick ${seen + 2} `, 'm'));
    assert.deepEqual(await ticks(migration.target), []);
  }

  it('stays when it is called off and when its target is killed, and goes when its launcher is killed', async () => {
    const { source, spec } = migration;
    await migration.await('mirrored');
    await migration.send(slowly);
    await source.put(spec);
    await assertStays('Cancelled');

    await migration.await('shared');
    await migration.send(slowly);
    await onItsWay();
    await migration.target.kill(migration.target.qemu);
    await assertStays('MigrationFailed');

    await migration.await('shared');
    await migration.send({ bandwidth: 2 ** 25 });
    await onItsWay();
    await source.kill(source.launcher);
    await source.startLauncher();
    const state = await migration.target.waitForState(({ phase }) => phase === 'Running');
    assert.equal(state.migration?.phase, 'Done');
    assert.equal(await source.launcherExit(), 0);
    await assertCountsOn();
  });
});
