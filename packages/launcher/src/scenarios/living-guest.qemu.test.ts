/**
 * Guarantee: what is asked of a guest that runs comes to it, whatever becomes of its launcher: it boots once, counts on
 * without a gap, and its disks are sound. All of it is asked of one guest, in turn.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { MachineDisk, MachineSpec, MachineState } from '@hypersdk/api/machine';
import { overlayPath } from '../qemu/disks/lasting-name.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const MIB = 1024 * 1024;

describe('a guest that runs', () => {
  let pod: TestPod;
  let golden: string;
  let root: MachineDisk;
  let spec: MachineSpec;
  before(async () => {
    pod = await TestPod.create();
    golden = await pod.image('tiny', await tinyGuest());
    const source = { type: 'image', path: golden, clone: 'linked' } as const;
    root = await pod.disk('root', { bootIndex: 1, source });
    spec = machineSpec({ cpus: 1, memory: 128 * MIB, disks: [root] });
    await pod.mountSpec(spec);
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/READY/);
  });
  after(() => pod.remove());
  afterEach(() => assertUnbroken(pod));

  const isRunning = ({ phase }: MachineState): boolean => phase === 'Running';

  async function restartLauncher(): Promise<void> {
    await pod.kill(pod.launcher);
    await pod.startLauncher();
  }

  it('from a linked disk is told of', async () => {
    const state = await pod.waitForState(isRunning);
    assert.deepEqual(state.acceleration, { type: 'tcg', reason: 'The spec asks for it.' });
    assert.match(state.qemuVersion ?? '', /^\d+\.\d+\.\d+$/);
    assert.deepEqual(state.disks[0]?.chain, [pod.path('volumes/root/disk.qcow2'), golden]);
    assert.ok(state.startTime);
  });

  it('goes on ticking while the launcher is killed and restarted, which tells the same story', async () => {
    const before = await pod.waitForState(isRunning);
    await pod.kill(pod.launcher);
    const seen = await lastTick(pod);
    await pod.startLauncher();
    const after = await pod.waitForState(isRunning);
    assert.equal(after.startTime, before.startTime);
    assert.deepEqual(after.acceleration, before.acceleration);
    await pod.waitForConsole(new RegExp(`tick ${seen + 3} `));
  });

  it('is paused and goes on where it was', async () => {
    await pod.put({ ...spec, power: 'paused' });
    await pod.waitForState(({ phase }) => phase === 'Paused');
    const stood = await readFile(pod.console, 'utf8');
    await restartLauncher();
    await pod.waitForState(({ phase }) => phase === 'Paused');
    assert.equal(await readFile(pod.console, 'utf8'), stood);
    await pod.put(spec);
    await pod.waitForState(isRunning);
    await pod.waitForConsole(new RegExp(`tick ${(await lastTick(pod)) + 2} `));
  });

  it('waits for its restart with more than it has room for', async () => {
    const { restartAwaiting } = await pod.put({ ...spec, cpus: 9 });
    assert.deepEqual(restartAwaiting, [{ field: 'cpus', now: '1', wanted: '9' }]);
    await pod.put(spec);
  });

  it('has its disk enlarged', async () => {
    const size = 128 * MIB;
    spec = { ...spec, disks: [{ ...root, size }] };
    await pod.put(spec);
    await restartLauncher();
    await pod.waitForState(({ disks }) => disks[0]?.virtualSize === size);
    await typeCommand(pod, 'status');
    await pod.waitForConsole(new RegExp(`${size / 512} SECTORS`));
    assert.deepEqual((await pod.put(spec)).restartAwaiting, []);
  });

  it('is given an interface that is taken off again', async () => {
    const extra: MachineSpec['networks'][number] = {
      ...{ name: 'extra', binding: 'user', mac: '52:54:00:00:00:07', ports: [] },
    };
    await pod.put({ ...spec, networks: [extra] });
    const { restartAwaiting } = await pod.waitForState(({ networks }) => networks?.[0] === 'extra');
    assert.deepEqual(restartAwaiting, []);
    await typeCommand(pod, 'interfaces');
    await pod.waitForConsole(/INTERFACE \S+ 52:54:00:00:00:07/);
    await pod.put(spec);
    await restartLauncher();
    await pod.waitForState(({ networks }) => networks?.length === 0);
  });

  it('has its disk flattened', async () => {
    const flat = { ...spec, disks: spec.disks.map((disk) => ({ ...disk, flatten: true as const })) };
    assert.deepEqual((await pod.put(flat)).restartAwaiting, []);
    await restartLauncher();
    const { disks } = await pod.waitForState((state) => state.disks[0]?.chain.length === 1);
    assert.deepEqual(disks[0]?.chain, [pod.path('volumes/root/disk.qcow2')]);
  });

  it('is given a disk that is frozen, taken off and given back as it was', async () => {
    const both = { ...spec, disks: [...spec.disks, await pod.disk('data')] };
    assert.deepEqual((await pod.put(both)).restartAwaiting, []);
    await pod.waitForState(({ disks }) => disks.length === 2);
    await typeCommand(pod, 'write data kept');
    await pod.waitForConsole(/WROTE kept/);
    const id = '0a1b2c3d-frozen';
    await pod.put({ ...both, request: { id, type: 'freeze' } });
    const { lastFreeze } = await pod.waitForState(({ lastRequest }) => lastRequest === id);
    assert.equal(lastFreeze?.id, id);
    assert.deepEqual(lastFreeze.quiesced, { value: false, reason: 'no guest agent answers' });
    assert.deepEqual(
      lastFreeze.frozen?.map(({ name, file }) => [name, file]),
      ['root', 'data'].map((name) => [name, 'layer-0a1b2c3d.qcow2']),
    );
    const isFrozen = ({ chain }: { chain: readonly string[] }): boolean =>
      chain[1]?.endsWith('layer-0a1b2c3d.qcow2') ?? false;
    await pod.waitForState(({ disks }) => disks.every(isFrozen));
    await pod.put(spec);
    await restartLauncher();
    await pod.waitForState(({ disks }) => disks.length === 1);
    check(pod, 'data');
    await pod.put(both);
    await pod.waitForState(({ disks }) => disks.length === 2);
    await typeCommand(pod, 'read data');
    await pod.waitForConsole(/READ kept/);
    spec = both;
  });

  it('is frozen once there is room for it, and says until then what is in the way', async () => {
    const id = '1b2c3d4e-frozen';
    const inTheWay = overlayPath(pod.path('volumes/root'), '1b2c3d4e');
    await mkdir(inTheWay);
    await pod.put({ ...spec, request: { id, type: 'freeze' } });
    const { freezeProblem, phase } = await pod.waitForState((state) => state.freezeProblem !== undefined);
    assert.deepEqual([freezeProblem?.id, freezeProblem?.permanent, phase], [id, false, 'Running']);
    await rmdir(inTheWay);
    const state = await pod.waitForState(({ lastRequest }) => lastRequest === id);
    assert.deepEqual([state.lastFreeze?.frozen?.length, state.freezeProblem], [2, undefined]);
  });

  it('leaves sound disks behind when it is switched off', async () => {
    await pod.put({ ...spec, power: 'off' });
    assert.equal(await pod.qemuExit(), 0);
    for (const { name } of spec.disks) check(pod, name);
  });
});

function check(pod: TestPod, disk: string): void {
  execFileSync('qemu-img', ['check', '-q', pod.path('volumes', disk, 'disk.qcow2')]);
}

async function ticksOf(pod: TestPod): Promise<number[]> {
  const text = await readFile(pod.console, 'utf8');
  return [...text.matchAll(/tick (\d+) /g)].map(([, n]) => Number(n));
}

const lastTick = async (pod: TestPod): Promise<number> => (await ticksOf(pod)).at(-1) ?? 0;

/** One boot, and every tick after the last: no second QEMU. */
async function assertUnbroken(pod: TestPod): Promise<void> {
  assert.equal((await readFile(pod.console, 'utf8')).match(/GUEST-UP/g)?.length, 1);
  const ticks = await ticksOf(pod);
  assert.deepEqual(
    ticks,
    ticks.map((_, index) => index + 1),
  );
}
