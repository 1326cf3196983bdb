/**
 * Guarantee: where the disks of a guest that goes to another pod are copied, all that lies below its writes goes along: it
 * finds there what it wrote, and its snapshots are there to go back to, with their memory.
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MachineDisk } from '@hypersdk/api/machine';
import { keepLayers } from '../layers/keep-layers.ts';
import { checkImage } from '../qemu/disks/disk-image.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { Migration } from '../testing/migration.ts';
import type { TestPod } from '../testing/pod.ts';

const [FIRST, SECOND] = ['aaaaaaaa-0000-4000-8000-000000000000', 'bbbbbbbb-0000-4000-8000-000000000000'];

describe('a guest with snapshots that goes to another pod', () => {
  let migration: Migration;
  beforeEach(async () => {
    migration = await Migration.create();
    await migration.startGuest('data');
  });
  afterEach(() => migration.remove());

  async function write(pod: TestPod, letter: string): Promise<void> {
    await typeCommand(pod, `write data ${letter}`);
    await pod.waitForConsole(new RegExp(`WROTE ${letter}`));
  }
  async function freeze(id: string, memory: boolean): Promise<void> {
    const { source, spec } = migration;
    await source.put({ ...spec, request: { id, type: 'freeze', memory, quiesce: false } });
    const { lastFreeze } = await source.waitForState(({ lastRequest }) => lastRequest === id);
    assert.equal(lastFreeze?.memory?.problem, undefined);
  }
  const tick = async (pod: TestPod): Promise<number> => Number((await pod.waitForConsole(/tick (\d+) /))[1]);

  it('has its layers and their memory there, and goes back to them', async () => {
    const { source } = migration;
    await source.waitForConsole(/READY/);
    await write(source, 'A');
    await freeze(FIRST, true);
    await write(source, 'B');
    await freeze(SECOND, false);
    await write(source, 'C');

    await migration.await('layered');
    await migration.send();
    const { target } = migration;
    const { disks } = await target.waitForState(({ migration: it }) => it?.phase === 'Done');
    assert.equal(await source.launcherExit(), 0);
    for (const { chain } of disks) {
      assert.deepEqual(
        chain.map((file) => basename(file)),
        ['disk.qcow2', 'layer-bbbbbbbb.qcow2', 'layer-aaaaaaaa.qcow2'],
      );
    }
    const files = await readdir(target.path('volumes/root'));
    assert.ok(files.includes('memory-aaaaaaaa.state') && !files.some((file) => file.endsWith('.partial')));
    await typeCommand(target, 'read data');
    await target.waitForConsole(/READ C/);

    const at = await tick(target);
    await goBack(target);
    assert.ok((await tick(target)) < at);
    await typeCommand(target, 'read data');
    await target.waitForConsole(/READ A/);
  });

  /** To the first of them, in the next pod on the volumes of this one. */
  async function goBack(pod: TestPod): Promise<void> {
    const { spec, incoming } = migration;
    const disks = spec.disks.map((disk) => inPod(pod, disk));
    await pod.put({ ...spec, epoch: 2, disks, power: 'off', ...(incoming && { incoming }) });
    assert.equal(await pod.qemuExit(), 0);
    await pod.launcherExit();
    await pod.emptyRuntime();
    const signal = AbortSignal.timeout(60_000);
    for (const name of ['root', 'data'])
      assert.ok(await checkImage(pod.path('volumes', name, 'disk.qcow2'), signal));
    const work = { type: 'restore', id: FIRST.slice(0, 8), memory: 'Required' } as const;
    const directories = disks.map(({ name }) => ({ name, directory: pod.path('volumes', name) }));
    await keepLayers({ disks: directories, work }, { images: pod.path('images'), signal });
    await pod.mountSpec({ ...spec, epoch: 3, disks });
    pod.startQemu();
    await pod.startLauncher();
  }
});

function inPod(pod: TestPod, disk: MachineDisk): MachineDisk {
  const directory = pod.path('volumes', disk.name);
  return { ...disk, volume: { type: 'filesystem', directory }, source: { type: 'existing' } };
}
