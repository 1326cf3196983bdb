/** Guarantee: memory is whole or absent, and a guest goes on, whatever dies while it is saved or loaded. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { machineShape, type SavedMemory } from '@hypersdk/api/machine';
import { exists } from '../../files/exists.ts';
import { GuestlessQemu } from '../../testing/guestless-qemu.ts';
import { machineSpec } from '../../testing/machine-spec.ts';
import { freezeRunning, type Instant } from '../disks/freeze-running.ts';
import { machineType, qemuVersion, release } from '../version.ts';
import { goOn } from './go-on.ts';
import { loadMemory } from './load-memory.ts';
import { commitMemory, type MemoryFiles, memoryFiles, savedMemory } from './memory-files.ts';
import { migrationStatus } from './progress.ts';
import { saveMemory } from './save-memory.ts';

const MEMORY = 16 * 1024 * 1024;

describe("a guest's memory", () => {
  let qemu: GuestlessQemu;
  let files: MemoryFiles;
  beforeEach(async () => {
    qemu = await GuestlessQemu.create('root');
    files = memoryFiles(`${qemu.root}/root`, 'memory-aaaaaaaa');
    await qemu.start();
    await qemu.client.execute('cont');
  });
  afterEach(() => qemu.remove());

  const saved = (changes: Partial<SavedMemory> = {}): SavedMemory => ({
    ...{ disk: 'root', file: 'memory-aaaaaaaa.state', bytes: 1, acceleration: 'tcg' },
    qemuVersion: qemuVersion(qemu.client),
    shape: machineShape(machineSpec()),
    ...changes,
  });
  const runState = async (): Promise<string> => (await qemu.client.execute('query-status')).status;
  const save = (instant: () => Promise<void> = () => Promise.resolve(), memory = MEMORY): Promise<void> =>
    saveMemory(qemu.client, {
      ...{ files, instant, signal: qemu.signal },
      machine: { shape: { ...machineShape(machineSpec()), memory } },
    });
  const freeze = (quiesce: (instant: () => Promise<void>) => Promise<void>): Promise<Instant> =>
    freezeRunning(qemu.client, { disks: qemu.disks, id: 'aaaaaaaa', quiesce, signal: qemu.signal });
  const load = async (): Promise<void> =>
    loadMemory(qemu.client, { files, saved: await savedMemory(files), signal: qemu.signal });

  it('is saved with the disks at one instant, and loaded where they hold that', async () => {
    await qemu.write('root', 1, 0);
    const states: string[] = [];
    await freeze((instant) =>
      save(async () => {
        states.push(await runState());
        await instant();
      }),
    );
    await goOn(qemu.client, qemu.signal);
    await commitMemory(files, saved());
    assert.deepEqual([states, await runState()], [['finish-migrate'], 'running']);
    await qemu.write('root', 2, 1);
    assert.deepEqual(await qemu.reads('root'), [1, 2, 0, 0]);

    await qemu.kill();
    await qemu.startIncoming();
    await load();
    assert.equal(await runState(), 'running');
    assert.equal(await exists(files.state), false);
  });

  it('is saved a second time', async () => {
    for (const name of ['memory-aaaaaaaa', 'memory-bbbbbbbb']) {
      files = memoryFiles(files.directory, name);
      await save();
      await goOn(qemu.client, qemu.signal);
      await commitMemory(files, saved());
    }
    assert.equal(await runState(), 'running');
  });

  it('is not begun where its volume has no room, and the guest runs on', async () => {
    await assert.rejects(
      save(() => Promise.reject(new Error('never')), Number.MAX_SAFE_INTEGER / 2),
      /give the disk a larger size/,
    );
    assert.deepEqual([await runState(), await exists(files.partial)], ['running', false]);
  });

  it('is not saved where the volume is gone, and the guest runs on', async () => {
    files = memoryFiles(`${qemu.root}/root`, 'no/such');
    await assert.rejects(save());
    assert.equal(await runState(), 'running');
  });

  it('is loaded by a newer QEMU that has the same machine', async () => {
    await save();
    const machine = await machineType(qemu.client);
    assert.match(machine, /^pc-q35-\d+\.\d+$/);
    const room = { bootCpus: 1, maxCpus: 1, bootMemory: MEMORY, maxMemory: MEMORY, machine };
    const shape = { ...machineShape(machineSpec()), cpus: 1 };
    await commitMemory(files, saved({ qemuVersion: '7.2.0', room, shape }));
    await qemu.kill();
    await qemu.startIncoming();
    await load();
    assert.equal(await runState(), 'running');
  });

  it('is not loaded by an older QEMU, nor by one of whose machine nothing is known, nor from a damaged file', async () => {
    await qemu.kill();
    await qemu.startIncoming();
    for (const qemuVersion of ['7.2.0', '99.1.0']) {
      await writeFile(files.partial, '');
      await commitMemory(files, saved({ qemuVersion }));
      const message = new RegExp(`saved by QEMU ${release(qemuVersion)}, and this is QEMU \\d`);
      await assert.rejects(load(), message);
    }
    await writeFile(files.partial, 'damaged');
    await commitMemory(files, saved());
    await assert.rejects(load(), /cannot be loaded: QEMU says/);
    assert.equal(await migrationStatus(qemu.client), 'failed');
  });
});
