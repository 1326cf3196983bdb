import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFile, rm, stat, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MachineSpec } from '@hypersdk/api/machine';
import { reportedMemory } from '../qemu/size/memory-report.ts';
import { runtimeFiles } from '../pod/runtime-files.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

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

  it('has file systems enlarged by an agent that comes later, under another launcher, and says why it cannot', async () => {
    const guestAgent = { readiness: false, growFileSystems: true };
    const spec = await bootable('linked', { machineType: 'pc', guestAgent });
    await boot();
    await pod.waitForConsole(/READY/);
    const size = 128 * MIB;
    await pod.put({ ...spec, disks: spec.disks.map((disk) => ({ ...disk, size })) });
    const grown = await pod.waitForState(({ disks }) => disks[0]?.virtualSize === size);
    assert.deepEqual(grown.disks[0]?.fileSystemsDue, {});
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await typeCommand(pod, 'agent');
    const refused = await pod.waitForState(({ disks }) => disks[0]?.fileSystemsDue?.problem !== undefined);
    // The tiny guest has no tools for it.
    assert.match(refused.disks[0]?.fileSystemsDue?.problem ?? '', /^Disk root has grown, .*growpart/);
    assert.deepEqual([refused.phase, refused.problem], ['Running', undefined]);
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
