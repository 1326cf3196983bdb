import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFile, rm, stat, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MachineSpec } from '@hypersdk/api/machine';
import { reportedMemory } from './qemu/size/memory-report.ts';
import { runtimeFiles } from './runtime-files.ts';
import { typeCommand } from './testing/guest-keyboard.ts';
import { machineSpec } from './testing/machine-spec.ts';
import { TestPod } from './testing/pod.ts';
import { tinyGuest } from './testing/tiny-guest.ts';

const GUEST_UP = /GUEST-UP/;
const MIB = 1024 * 1024;
/** Milliseconds. */
const PATIENCE = 120_000;

/** Bytes of PSS. */
async function residentMemory(process: ChildProcess | undefined): Promise<number> {
  const rollup = await readFile(`/proc/${process?.pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss: +(\d+) kB$/m.exec(rollup)?.[1]) * 1024;
}

describe('a pod with the tiny guest', () => {
  let pod: TestPod;
  let golden: string;
  beforeEach(async () => {
    pod = await TestPod.create();
    golden = await pod.image('tiny', await tinyGuest());
  });
  afterEach(() => pod.remove());

  async function bootable(
    clone: 'linked' | 'full',
    changes: Partial<MachineSpec> = {},
  ): Promise<MachineSpec> {
    const root = await pod.disk('root', { bootIndex: 1, source: { type: 'image', path: golden, clone } });
    const spec = machineSpec({ cpus: 1, memory: 128 * 1024 * 1024, disks: [root], ...changes });
    await pod.mountSpec(spec);
    return spec;
  }

  async function boot(): Promise<void> {
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(GUEST_UP);
  }

  it('boots from a linked disk and says what it runs', async () => {
    await bootable('linked');
    await boot();
    const state = await pod.waitForState(({ phase }) => phase === 'Running');
    assert.deepEqual(state.acceleration, { type: 'tcg', reason: 'The spec asks for it.' });
    assert.match(state.qemuVersion ?? '', /^\d+\.\d+\.\d+$/);
    assert.deepEqual(state.disks[0]?.chain, [pod.path('volumes/root/disk.qcow2'), golden]);
    assert.ok(state.startTime);
  });

  it('says what it takes beside its guest', async () => {
    await bootable('linked');
    await boot();
    const { resources } = await pod.waitForState((state) => state.resources?.overhead !== undefined);
    assert.deepEqual([resources?.cpus, resources?.memory], [1, 128 * MIB]);
    assert.ok((resources?.overhead ?? 0) > 20 * MIB);
    await typeCommand(pod, 'take-memory');
    await pod.waitForConsole(/TOOK/);
    // There is one answer for all who ask.
    await pod.kill(pod.launcher);
    const files = runtimeFiles(pod.path('runtime'));
    const whole = await residentMemory(pod.qemu);
    const overhead = (await reportedMemory(files, { memory: 128 * MIB, room: 0 }, PATIENCE)) ?? 0;
    assert.ok(overhead > 20 * MIB && overhead < whole - 100 * MIB, `${overhead} of ${whole} bytes`);
    assert.equal(await reportedMemory(files, { memory: 127 * MIB, room: 0 }, PATIENCE), undefined);
  });

  for (const machineType of ['q35', 'pc', 'microvm'] as const) {
    it(`knows that a guest without an agent has left its channel on a ${machineType} alone`, async () => {
      await bootable('linked', { machineType, guestAgent: { readiness: false } });
      pod.startQemu();
      await pod.startLauncher();
      const { phase } = await pod.waitForState(({ guestAgent }) => guestAgent?.connection === 'NotConnected');
      assert.equal(phase, 'Running');
    });
  }

  it('goes on ticking while the launcher is killed and restarted, which tells the same story', async () => {
    await bootable('linked');
    await boot();
    const before = await pod.waitForState(({ phase }) => phase === 'Running');
    await pod.kill(pod.launcher);
    const seen = Number((await pod.waitForConsole(/tick (\d+)/))[1]);
    await pod.startLauncher();
    const after = await pod.waitForState(({ phase }) => phase === 'Running');
    assert.equal(after.startTime, before.startTime);
    assert.deepEqual(after.acceleration, before.acceleration);
    await pod.waitForConsole(new RegExp(`tick ${seen + 3} `));
    await assertUnbroken(pod.console);
  });

  it('powers down gracefully when the preStop hook asks, with exit code 0', async () => {
    await bootable('linked');
    await boot();
    pod.requestPowerdown();
    const state = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(state.exit?.reason, 'host-powerdown');
    assert.equal(await pod.qemuExit(), 0);
    assert.match(await readFile(pod.console, 'utf8'), /GUEST-DOWN/);
  });

  it('quits QEMU when the guest ignores the power button for the grace period', async () => {
    const spec = await bootable('linked', { gracePeriod: 2 });
    await boot();
    await typeCommand(pod, 'ignore-power-button');
    await pod.waitForConsole(/IGNORING-POWER-BUTTON/);
    assert.equal((await pod.put({ ...spec, power: 'off' })).phase, 'PoweringDown');
    const { exit } = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(exit?.reason, 'host-forced');
    assert.equal(await pod.qemuExit(), 0);
    assert.doesNotMatch(await readFile(pod.console, 'utf8'), /GUEST-DOWN/);
  });

  it("ends with exit code 0 when the guest shuts itself down, and remembers it after the launcher's restart", async () => {
    await bootable('linked');
    await boot();
    await typeCommand(pod, 'poweroff');
    const { exit } = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(exit?.reason, 'guest-shutdown');
    assert.equal(await pod.qemuExit(), 0);
    assert.equal(await pod.launcherExit(), 0);
    assert.deepEqual(await pod.leftExit(), exit);
    await rm(pod.path('termination-log'));
    await pod.spawnLauncher();
    assert.equal(await pod.launcherExit(), 0);
    assert.deepEqual(await pod.leftExit(), exit);
  });

  it("lets a guest that reboots go on in the same QEMU, and counts that over the launcher's restart", async () => {
    await bootable('linked');
    await boot();
    await pod.waitForConsole(/BOOTS 1/);
    await typeCommand(pod, 'reboot');
    await pod.waitForConsole(/BOOTS 2/);
    assert.equal(pod.qemu?.exitCode, null);
    const { reboots } = await pod.waitForState((state) => state.reboots !== undefined);
    assert.equal(reboots?.count, 1);
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    assert.deepEqual((await pod.waitForState(({ phase }) => phase === 'Running')).reboots, reboots);
  });

  it('pauses a guest and lets it go on where it was, whatever becomes of the launcher', async () => {
    const spec = await bootable('linked');
    await boot();
    await pod.waitForConsole(/tick 2/);
    await pod.put({ ...spec, power: 'paused' });
    await pod.waitForState(({ phase }) => phase === 'Paused');
    const stood = await readFile(pod.console, 'utf8');
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await pod.waitForState(({ phase }) => phase === 'Paused');
    assert.equal(await readFile(pod.console, 'utf8'), stood);
    await pod.put(spec);
    await pod.waitForState(({ phase }) => phase === 'Running');
    const seen = [...stood.matchAll(/tick (\d+)/g)].length;
    await pod.waitForConsole(new RegExp(`tick ${seen + 2} `));
    await assertUnbroken(pod.console);
  });

  it('powers a paused guest down gracefully', async () => {
    const spec = await bootable('linked');
    await boot();
    await pod.put({ ...spec, power: 'paused' });
    await pod.waitForState(({ phase }) => phase === 'Paused');
    pod.requestPowerdown();
    const { exit } = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(exit?.reason, 'host-powerdown');
    assert.match(await readFile(pod.console, 'utf8'), /GUEST-DOWN/);
  });

  it('resets a guest once for each request', async () => {
    const spec = await bootable('linked');
    await boot();
    await pod.waitForConsole(/BOOTS 1/);
    const request = { id: 'first', type: 'reset' } as const;
    await pod.put({ ...spec, request });
    await pod.waitForConsole(/BOOTS 2/);
    const state = await pod.waitForState(({ lastRequest }) => lastRequest === 'first');
    assert.equal(state.reboots, undefined);
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await pod.waitForState(({ lastRequest, phase }) => lastRequest === 'first' && phase === 'Running');
    await pod.put({ ...spec, request: { ...request, id: 'second' } });
    await pod.waitForConsole(/BOOTS 3/);
    assert.equal(pod.qemu?.exitCode, null);
  });

  it('calls a panic a panic', async () => {
    await bootable('linked');
    await boot();
    await pod.waitForConsole(/BOOTS 1[^]*tick 3/);
    await typeCommand(pod, 'panic');
    const { exit } = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(exit?.reason, 'guest-panic');
  });

  const isRoot = process.getuid?.() === 0;
  it('lets a guest wait whose volume is full, and go on when there is room', { skip: !isRoot }, async () => {
    await bootable('linked');
    const volume = pod.path('volumes/root');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', volume]);
    try {
      await pod.startLauncher();
      await pod.waitForState(({ phase }) => phase === 'Starting');
      const filler = join(volume, 'filler');
      await assert.rejects(writeFile(filler, Buffer.alloc(4 * 1024 * 1024)), { code: 'ENOSPC' });
      pod.startQemu();
      const { problem } = await pod.waitForState(({ phase }) => phase === 'Paused');
      assert.deepEqual([problem?.reason, problem?.disk], ['NoSpace', 'root']);
      await rm(filler);
      await pod.waitForConsole(/BOOTS 1/);
    } finally {
      execFileSync('umount', ['--lazy', volume]);
    }
  });

  it('lets a guest with a full disk go on once disk and volume are larger', { skip: !isRoot }, async () => {
    const spec = await bootable('linked');
    const [root] = spec.disks;
    const volume = pod.path('volumes/root');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', volume]);
    try {
      await boot();
      await pod.waitForConsole(/BOOTS 1/);
      await typeCommand(pod, 'fill 8');
      assert.equal((await pod.waitForState(({ phase }) => phase === 'Paused')).problem?.reason, 'NoSpace');
      execFileSync('mount', ['-o', 'remount,size=64m', volume]);
      assert.ok(root);
      const larger = { ...root, size: 96 * 1024 * 1024 };
      assert.deepEqual((await pod.put({ ...spec, disks: [larger] })).restartAwaiting, []);
      const [, sum = ''] = await pod.waitForConsole(/FILLED 8 SUM ([0-9a-f]{64})/);
      await pod.waitForState(({ disks }) => disks[0]?.virtualSize === larger.size);
      await typeCommand(pod, 'status');
      await pod.waitForConsole(new RegExp(`${larger.size / 512} SECTORS`));
      await typeCommand(pod, 'sum');
      await pod.waitForConsole(new RegExp(`^SUM ${sum}`, 'm'));
      await pod.put({ ...spec, disks: [larger], power: 'off' });
      assert.equal(await pod.qemuExit(), 0);
      execFileSync('qemu-img', ['check', '-q', join(volume, 'disk.qcow2')]);
    } finally {
      execFileSync('umount', ['--lazy', volume]);
    }
  });

  it('enlarges a disk under its guest, whatever becomes of the launcher', async () => {
    const spec = await bootable('linked');
    await boot();
    const size = 128 * 1024 * 1024;
    const larger = { ...spec, disks: spec.disks.map((disk) => ({ ...disk, size })) };
    await pod.put(larger);
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await pod.waitForState(({ disks }) => disks[0]?.virtualSize === size);
    await pod.waitForConsole(/READY/);
    await typeCommand(pod, 'status');
    await pod.waitForConsole(new RegExp(`${size / 512} SECTORS`));
    assert.deepEqual((await pod.put(larger)).restartAwaiting, []);
    await assertUnbroken(pod.console);
  });

  it('flattens a disk under its guest, whatever becomes of the launcher', async () => {
    const spec = await bootable('linked');
    await boot();
    const flat = { ...spec, disks: spec.disks.map((disk) => ({ ...disk, flatten: true as const })) };
    assert.deepEqual((await pod.put(flat)).restartAwaiting, []);
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    const { disks } = await pod.waitForState((state) => state.disks[0]?.chain.length === 1);
    assert.deepEqual(disks[0]?.chain, [pod.path('volumes/root/disk.qcow2')]);
    await assertUnbroken(pod.console);
    await pod.put({ ...spec, power: 'off' });
    assert.equal(await pod.qemuExit(), 0);
    execFileSync('qemu-img', ['check', '-q', join(pod.path('volumes/root'), 'disk.qcow2')]);
  });

  it('gives its guest a disk, freezes it, takes it off and gives it back as it was, whatever becomes of the launcher', async () => {
    const spec = await bootable('linked');
    const data = await pod.disk('data');
    const both = { ...spec, disks: [...spec.disks, data] };
    await boot();
    await pod.waitForConsole(/READY/);
    assert.deepEqual((await pod.put(both)).restartAwaiting, []);
    await pod.waitForState(({ disks }) => disks.length === 2);
    await typeCommand(pod, 'write data kept');
    await pod.waitForConsole(/WROTE kept/);
    const id = '0a1b2c3d-frozen';
    const { lastFreeze } = await pod
      .put({ ...both, request: { id, type: 'freeze' } })
      .then(() => pod.waitForState(({ lastRequest }) => lastRequest === id));
    assert.equal(lastFreeze?.id, id);
    assert.deepEqual(lastFreeze.quiesced, { value: false, reason: 'no guest agent answers' });
    assert.deepEqual(
      lastFreeze.frozen?.map(({ name, file }) => [name, file]),
      ['root', 'data'].map((name) => [name, 'layer-0a1b2c3d.qcow2']),
    );
    await pod.waitForState(({ disks }) =>
      disks.every(({ chain }) => chain[1]?.endsWith('layer-0a1b2c3d.qcow2')),
    );
    await pod.put(spec);
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await pod.waitForState(({ disks }) => disks.length === 1);
    execFileSync('qemu-img', ['check', '-q', join(pod.path('volumes/data'), 'disk.qcow2')]);
    await pod.put(both);
    await pod.waitForState(({ disks }) => disks.length === 2);
    await typeCommand(pod, 'read data');
    await pod.waitForConsole(/READ kept/);
    await pod.put({ ...both, power: 'off' });
    assert.equal(await pod.qemuExit(), 0);
  });

  it('gives its guest an interface and takes it off', async () => {
    const spec = await bootable('linked');
    const extra: MachineSpec['networks'][number] = {
      ...{ name: 'extra', binding: 'user', mac: '52:54:00:00:00:07', ports: [] },
    };
    await boot();
    await pod.waitForConsole(/READY/);
    await pod.put({ ...spec, networks: [extra] });
    const { restartAwaiting } = await pod.waitForState(({ networks }) => networks?.[0] === 'extra');
    assert.deepEqual(restartAwaiting, []);
    await typeCommand(pod, 'interfaces');
    await pod.waitForConsole(/INTERFACE \S+ 52:54:00:00:00:07/);
    await pod.put(spec);
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await pod.waitForState(({ networks }) => networks?.length === 0);
  });

  it('says that a guest does not let a disk go, and takes it off when it does', async () => {
    const data = await pod.disk('data');
    const spec = await bootable('linked');
    const both = { ...spec, disks: [...spec.disks, data] };
    await pod.mountSpec(both);
    await boot();
    await pod.waitForConsole(/READY/);
    await pod.put({ ...both, power: 'paused' });
    await pod.waitForState(({ phase }) => phase === 'Paused');
    await pod.put({ ...spec, power: 'paused' });
    const { problem } = await pod.waitForState((state) => state.problem !== undefined);
    assert.deepEqual([problem?.reason, problem?.disk], ['UnplugRefused', 'data']);
    await pod.put(spec);
    const { disks } = await pod.waitForState((state) => state.disks.length === 1);
    assert.equal(disks[0]?.name, 'root');
  });

  for (const clone of ['linked', 'full'] as const) {
    it(`keeps what the guest wrote on a ${clone} disk for the next pod`, async () => {
      const spec = await bootable(clone);
      await boot();
      await pod.waitForConsole(/BOOTS 1/);
      await pod.put({ ...spec, power: 'off' });
      await pod.qemuExit();
      await pod.kill(pod.launcher);
      await pod.emptyRuntime();
      await boot();
      await pod.waitForConsole(/BOOTS 2/);
    });
  }

  it('starts the guest that a dead launcher had handed over, and only once', async () => {
    await bootable('linked');
    await pod.startLauncher();
    await pod.waitForState(({ phase }) => phase === 'Starting');
    const argv = await stat(pod.path('runtime/argv'));
    await pod.kill(pod.launcher);
    pod.startQemu();
    await pod.waitForConsole(GUEST_UP);
    await pod.startLauncher();
    await pod.waitForState(({ phase }) => phase === 'Running');
    assert.equal((await stat(pod.path('runtime/argv'))).mtimeMs, argv.mtimeMs);
  });

  it('reads the hostname from the seed', async () => {
    await bootable('linked', { cloudInit: { instanceId: 'i-1', hostname: 'from-seed' } });
    await boot();
    await pod.waitForConsole(/HOSTNAME from-seed/);
  });

  it('says which changes await a restart', async () => {
    const spec = await bootable('linked');
    await boot();
    // More than it has room for.
    const state = await pod.put({ ...spec, cpus: 9 });
    assert.deepEqual(state.restartAwaiting, [{ field: 'cpus', now: '1', wanted: '9' }]);
  });

  it('exits the container with 0 when it is powered off before it was on', async () => {
    await bootable('linked', { power: 'off' });
    pod.startQemu();
    await pod.startLauncher();
    assert.equal(await pod.qemuExit(), 0);
    const { exit } = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(exit?.reason, 'host-powerdown');
  });

  it('grows a disk to the size of the spec and never shrinks it', async () => {
    const spec = await bootable('linked');
    const size = 128 * 1024 * 1024;
    await pod.mountSpec({ ...spec, disks: spec.disks.map((disk) => ({ ...disk, size })) });
    await boot();
    const state = await pod.waitForState(({ phase }) => phase === 'Running');
    assert.equal(state.disks[0]?.virtualSize, size);
    await pod.put({ ...spec, power: 'off' });
    await pod.qemuExit();
    await pod.kill(pod.launcher);
    await pod.emptyRuntime();
    await pod.mountSpec(spec);
    await boot();
    assert.equal((await pod.waitForState(({ phase }) => phase === 'Running')).disks[0]?.virtualSize, size);
  });

  it('fails with a problem that names the disk when the golden image is missing', async () => {
    const spec = await bootable('linked');
    const path = pod.path('images/gone/image.qcow2');
    const disks = spec.disks.map((disk) => ({
      ...disk,
      source: { type: 'image', path, clone: 'linked' } as const,
    }));
    await pod.mountSpec({ ...spec, disks });
    await pod.startLauncher();
    const { problem } = await pod.waitForState(({ phase }) => phase === 'Failed');
    assert.equal(problem?.reason, 'ImageMissing');
    assert.equal(problem.disk, 'root');
    await pod.put(spec);
    await pod.waitForState(({ phase }) => phase === 'Starting');
  });

  it('finishes a copy whose launcher was killed', async () => {
    execFileSync('qemu-img', ['resize', '-q', golden, '2G']);
    execFileSync('qemu-img', [
      'bench',
      '-q',
      '-w',
      '-c',
      '6000',
      '-s',
      '65536',
      '-o',
      '70M',
      '-f',
      'qcow2',
      golden,
    ]);
    await bootable('full');
    const copying = waitForFile(pod.path('volumes/root'), 'disk.qcow2.partial');
    await pod.spawnLauncher();
    await copying;
    await pod.kill(pod.launcher);
    await assert.rejects(stat(pod.path('volumes/root/disk.qcow2')), { code: 'ENOENT' });
    await pod.startLauncher();
    await pod.waitForState(({ phase }) => phase === 'Starting');
    execFileSync('qemu-img', ['compare', '-q', golden, pod.path('volumes/root/disk.qcow2')]);
    await assert.rejects(stat(pod.path('volumes/root/disk.qcow2.partial')), { code: 'ENOENT' });
  });
});

async function waitForFile(directory: string, name: string): Promise<void> {
  for await (const { filename } of watch(directory, { signal: AbortSignal.timeout(120_000) })) {
    if (filename === name) return;
  }
}

/** Types a command into the guest's serial console. */
/** One boot, and every tick after the last: no second QEMU, no pause. */
async function assertUnbroken(console: string): Promise<void> {
  const text = await readFile(console, 'utf8');
  assert.equal(text.match(/GUEST-UP/g)?.length, 1);
  const ticks = [...text.matchAll(/tick (\d+) ([\d.]+)/g)].map(([, n, uptime]) => ({
    n: Number(n),
    uptime: Number(uptime),
  }));
  assert.deepEqual(
    ticks.map(({ n }) => n),
    ticks.map((_, index) => index + 1),
  );
  for (const [index, { uptime }] of ticks.entries()) {
    const last = ticks[index - 1]?.uptime ?? uptime;
    assert.ok(uptime - last < 3, `the guest stood still from ${last} to ${uptime}`);
  }
}
