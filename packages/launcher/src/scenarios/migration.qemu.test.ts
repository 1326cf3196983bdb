import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MachineDirtyRate } from '@hypersdk/api/machine';
import { BreakableLink } from '../testing/breakable-link.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { ask } from '../testing/launcher-client.ts';
import { Migration } from '../testing/migration.ts';
import type { TestPod } from '../testing/pod.ts';

const ticks = async ({ console }: TestPod): Promise<number[]> =>
  [...(await readFile(console, 'utf8')).matchAll(/^tick (\d+) /gm)].map(([, tick]) => Number(tick));

/** It changes so much that it cannot be sent as quickly. */
async function keepBusy(guest: TestPod): Promise<void> {
  await typeCommand(guest, 'dirty 160');
  await guest.waitForConsole(/^DIRTIES 160/m);
}

const MIB = 1024 * 1024;

/** Bytes a second, as its launcher tells the operator. */
async function dirtyRate({ client }: TestPod): Promise<number> {
  if (!client) throw new Error('the pod has no launcher');
  const { body } = await ask(client, 'GET', '/machine/dirty-rate');
  return MachineDirtyRate.parse(JSON.parse(body)).dirtyRate;
}

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

  /** Its QEMU here has ended, because it was given away. */
  async function assertGone(): Promise<void> {
    const { source } = migration;
    assert.equal(await source.launcherExit(), 0);
    assert.equal((await source.leftExit())?.reason, 'migrated');
    await assertCountsOn();
  }

  const ways = [
    { storage: 'shared', begin: 'expect', told: 'to a target that calls' },
    { storage: 'mirrored', begin: 'send', told: 'to a target that was named' },
  ] as const;
  for (const { storage, begin, told } of ways) {
    it(`counts on there, ${told}, with disks that are ${storage} and a processor that came to it, and its QEMU here ends`, async () => {
      await migration.grow(2);
      await migration.await(storage);
      await migration[begin]();
      const { target } = migration;
      const state = await target.waitForState(({ phase }) => phase === 'Running');
      assert.deepEqual([state.migration?.phase, state.resources?.cpus], ['Done', 2]);
      await assertGone();
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
      await migration.await('mirrored', able);
      await migration.send({ ...tooSlow, ...changes });
      const state = await migration.target.waitForState(({ migration: it }) => it?.phase === 'Done');
      assert.equal(state.phase, 'Running');
      await assertGone();
    });
  }

  it('takes what is left of its memory over another connection, where the one falls silent and where it breaks', async () => {
    const { source } = migration;
    await keepBusy(source);
    await migration.await('mirrored', { postCopy: true });
    const { target } = migration;
    await using link = await BreakableLink.to(migration.incoming?.memoryPort ?? 0);
    await migration.send({ ...tooSlow, bandwidth: 2 ** 23, postCopy: true, memoryPort: link.port });
    // Before it has begun to run there QEMU 10.0 does not outlive the end of its connection.
    const ahead = await target.waitForState(({ migration: it }) => /^(PostCopy|Done)$/.test(it?.phase ?? ''));
    assert.equal(ahead.migration?.phase, 'PostCopy');
    for (const harm of ['fallSilent', 'cut'] as const) {
      const another = link.next();
      link[harm]();
      await another;
    }
    const state = await target.waitForState(({ migration: it }) => it?.phase === 'Done');
    assert.equal(state.phase, 'Running');
    await assertGone();
  });

  it('is known to change memory, and comes to its end all the same, over several streams and slowed down', async () => {
    const { source } = migration;
    const idle = await dirtyRate(source);
    await keepBusy(source);
    const busy = await dirtyRate(source);
    assert.ok(busy > idle + MIB, `${busy} bytes a second, and ${idle} before`);
    await migration.await('shared', { streams: 2 });
    const throttled = source.waitForState(({ migration: it }) => (it?.throttle ?? 0) > 0);
    await migration.send({ bandwidth: 2 ** 24, downtime: 50, longestDowntime: 1000, autoConverge: true });
    await throttled;
    const state = await migration.target.waitForState(({ migration: it }) => it?.phase === 'Done');
    assert.equal(state.phase, 'Running');
    await assertGone();
  });

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
