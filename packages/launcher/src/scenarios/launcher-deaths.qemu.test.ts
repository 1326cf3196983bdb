/**
 * Guarantee: whatever step a launcher is killed at, the next one comes to the same end: a disk is whole under its name, a
 * guest is started once and runs on, one that was frozen for a snapshot is thawed, and what it wrote is where it was.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { MachineSpec, MachineState, Quiesced } from '@hypersdk/api/machine';
import { blowsTo } from '../testing/deaths.ts';
import { qemuImg } from '../testing/copy-volumes.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { Life } from '../testing/life.ts';
import { struckLauncher } from '../testing/live-launcher.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const MIB = 1024 * 1024;

/** What the operator asks for, and how it looks when it is so. */
interface Wish {
  readonly spec: MachineSpec;
  readonly isMet: (state: MachineState) => boolean;
}

/** A launcher that dies on the way, or does not, and one that lives. Resolves with whether the first has died. */
async function fulfil(pod: TestPod, { spec, isMet }: Wish, step: number): Promise<boolean> {
  await pod.mountSpec(spec);
  const life = new Life({ step, kills: true });
  await struckLauncher(pod, isMet, life);
  return life.hasStruck;
}

describe('a launcher that is killed before it starts its guest', () => {
  let pod: TestPod;
  before(async () => {
    pod = await TestPod.create();
  });
  after(() => pod.remove());

  it('leaves a whole disk to its successor at any step', async (t) => {
    qemuImg('create', '-q', '-f', 'qcow2', pod.path('base'), '4M');
    const golden = await pod.image('base', pod.path('base'));
    const root = await pod.disk('root', { source: { type: 'image', path: golden, clone: 'full' } });
    const spec = machineSpec({ disks: [root] });
    const deaths = await blowsTo(async (step) => {
      await pod.emptyRuntime();
      for (const name of await readdir(pod.path('volumes/root'))) await rm(pod.path('volumes/root', name));
      const hasDied = await fulfil(pod, { spec, isMet: ({ phase }) => phase === 'Starting' }, step);
      const parts = await readdir(pod.path('volumes/root'));
      assert.deepEqual(
        parts.filter((name) => !name.endsWith('.qcow2')),
        [],
      );
      qemuImg('compare', '-q', golden, pod.path('volumes/root/disk.qcow2'));
      qemuImg('check', '-q', pod.path('volumes/root/disk.qcow2'));
      return hasDied;
    });
    t.diagnostic(`${deaths} deaths`);
    assert.ok(deaths >= 12, `it has ${deaths} steps`);
  });
});

describe('a launcher that is killed beside its guest', () => {
  let pod: TestPod;
  let machine: MachineSpec;
  const disks = ['root', 'data', 'one', 'other'] as const;
  before(async () => {
    pod = await TestPod.create();
    const golden = await pod.image('tiny', await tinyGuest());
    const image = { type: 'image', path: golden, clone: 'linked' } as const;
    const [root, ...blank] = await Promise.all(
      disks.map((name) => pod.disk(name, name === 'root' ? { bootIndex: 1, source: image } : {})),
    );
    assert.ok(root);
    machine = machineSpec({
      ...{ cpus: 1, memory: 128 * MIB, machineType: 'pc', guestAgent: { readiness: false } },
      disks: [root, ...blank],
    });
    await pod.mountSpec(without('other'));
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/READY/);
    await typeCommand(pod, 'write data kept');
    await pod.waitForConsole(/WROTE kept/);
    await pod.kill(pod.launcher);
  });
  after(() => pod.remove());

  const without = (name: (typeof disks)[number]): MachineSpec => ({
    ...machine,
    disks: machine.disks.filter((disk) => disk.name !== name),
  });

  it('leaves a guest that runs on with its data at any step of growth, plugging and unplugging', async (t) => {
    let number = 0;
    const deaths = await blowsTo((step) => {
      number += 1;
      const [gone, come] = number % 2 ? (['one', 'other'] as const) : (['other', 'one'] as const);
      const { disks: wanted, ...rest } = without(gone);
      const size = 64 * MIB + number * MIB;
      const spec = {
        ...rest,
        disks: wanted.map((disk) => (disk.name === 'data' ? { ...disk, size } : disk)),
      };
      return fulfil(pod, { spec, isMet: hasDisks({ present: come, absent: gone, size }) }, step);
    });
    t.diagnostic(`${deaths} deaths`);
    assert.ok(deaths >= 12, `it has ${deaths} steps`);
  });

  it('leaves a guest that writes on at any command of a snapshot for which its agent freezes it', async (t) => {
    await pod.mountSpec(machine);
    await pod.startLauncher();
    await typeCommand(pod, 'agent');
    await pod.waitForState(isConnected);
    await pod.kill(pod.launcher);
    let quiesced: Quiesced | undefined;
    const deaths = await blowsTo(async (step) => {
      const id = `${String(step).padStart(8, '0')}-0000-4000-8000-000000000000`;
      await pod.mountSpec({ ...machine, request: { id, type: 'freeze' } });
      const life = new Life({ step, kills: true, of: 'command' });
      const isMet = (state: MachineState): boolean => state.lastRequest === id && isConnected(state);
      ({ quiesced } = (await struckLauncher(pod, isMet, life)).lastFreeze ?? {});
      await typeCommand(pod, `note thawed-${step}`);
      await pod.waitForConsole(new RegExp(`NOTED thawed-${step}`));
      return life.hasStruck;
    });
    t.diagnostic(`${deaths} deaths`);
    assert.ok(deaths >= 7, `it has ${deaths} commands`);
    assert.deepEqual(quiesced, { value: true });
  });

  it('has its successor see to the file systems of a disk that has grown, at any step', async (t) => {
    let number = 0;
    const deaths = await blowsTo(async (step) => {
      number += 1;
      const size = 256 * MIB + number * MIB;
      const data = machine.disks.map((disk) => (disk.name === 'data' ? { ...disk, size } : disk));
      const guestAgent = { readiness: false, growFileSystems: true };
      let wasDue = false;
      const isMet = ({ disks }: MachineState): boolean => {
        const state = disks.find(({ name }) => name === 'data');
        const isDue = state?.fileSystemsDue !== undefined;
        wasDue ||= isDue;
        return wasDue && !isDue && state?.virtualSize === size;
      };
      return fulfil(pod, { spec: { ...machine, guestAgent, disks: data }, isMet }, step);
    });
    t.diagnostic(`${deaths} deaths`);
    assert.ok(deaths >= 5, `it has ${deaths} steps`);
  });

  it('leaves a guest that was started once and has what it wrote', async () => {
    await pod.startLauncher();
    await typeCommand(pod, 'read data');
    await pod.waitForConsole(/READ kept/);
    assert.equal((await readFile(pod.console, 'utf8')).match(/GUEST-UP/g)?.length, 1);
    await pod.put({ ...machine, power: 'off' });
    assert.equal(await pod.qemuExit(), 0);
    for (const disk of disks) qemuImg('check', '-q', pod.path('volumes', disk, 'disk.qcow2'));
  });
});

/** It has been asked, and thawed before that. */
const isConnected = ({ guestAgent }: MachineState): boolean => guestAgent?.connection === 'Connected';

function hasDisks({
  present,
  absent,
  size,
}: {
  readonly present: string;
  readonly absent: string;
  readonly size: number;
}): Wish['isMet'] {
  return ({ disks }) => {
    const names = disks.map(({ name }) => name);
    const data = disks.find(({ name }) => name === 'data');
    return names.includes(present) && !names.includes(absent) && data?.virtualSize === size;
  };
}
