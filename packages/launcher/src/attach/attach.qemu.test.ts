import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MachineDisk, MachineSpec } from '@hypersdk/api/machine';
import { startAttacher } from '../testing/attacher.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { kill } from '../testing/guest-writes.ts';
import { blankDisk, machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const MIB = 1024 ** 2;
const SERVER = 'vm-1.data.default.launcher';

describe('a disk whose volume another pod mounts', () => {
  let pod: TestPod;
  let spec: MachineSpec;
  let attachers: ChildProcess[] = [];
  beforeEach(async () => {
    pod = await TestPod.create();
    const golden = await pod.image('tiny', await tinyGuest());
    const root = await pod.disk('root', {
      ...{ bootIndex: 1, source: { type: 'image', path: golden, clone: 'linked' } },
    });
    spec = machineSpec({ cpus: 1, memory: 128 * MIB, disks: [root] });
    await pod.mountSpec(spec);
    await mkdir(pod.path('elsewhere'));
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/READY/);
  });
  afterEach(async () => {
    for (const attacher of attachers) await kill(attacher);
    attachers = [];
    await pod.remove();
  });

  const data = (changes: Partial<MachineDisk> = {}): MachineDisk =>
    blankDisk({
      ...{ name: 'data', size: 64 * MIB },
      volume: { type: 'filesystem', directory: pod.path('volumes/data') },
      ...changes,
    });
  const withData = (port?: number, disk = data()): MachineSpec => ({
    ...spec,
    disks: [...spec.disks, disk],
    ...(port !== undefined && {
      attachments: [{ disk: 'data', host: '127.0.0.1', port, server: SERVER }],
    }),
  });

  async function attach(disk = data()): Promise<number> {
    const volume = { type: 'filesystem', directory: pod.path('elsewhere') } as const;
    const attacher = await startAttacher(pod, SERVER, { ...disk, volume });
    attachers.push(attacher.process);
    return attacher.port;
  }

  it('comes to the running guest, which loses nothing when its server is killed, grows, and goes again', async () => {
    const offered = await pod.put(withData());
    assert.deepEqual([offered.attachable, offered.restartAwaiting], [['data'], []]);
    await pod.put(withData(await attach()));
    await pod.waitForState(({ disks }) => disks.some(({ name }) => name === 'data'));
    await typeCommand(pod, 'write data kept');
    await pod.waitForConsole(/WROTE kept/);

    await killAttacher();
    await typeCommand(pod, 'write data more');
    await pod.put(withData());
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    const larger = data({ size: 128 * MIB });
    const now = withData(await attach(larger), larger);
    await pod.put(now);
    await pod.waitForConsole(/WROTE more/);
    await pod.waitForState(({ disks }) => disks.some(({ virtualSize }) => virtualSize === larger.size));
    await typeCommand(pod, 'read data');
    await pod.waitForConsole(/READ more/);

    await pod.put({ ...now, disks: spec.disks });
    await pod.waitForState(({ disks }) => disks.length === 1);
    await killAttacher('SIGTERM');
    execFileSync('qemu-img', ['check', '-q', pod.path('elsewhere/disk.qcow2')]);
    await pod.put({ ...spec, power: 'off' });
    assert.equal(await pod.qemuExit(), 0);
  });

  /** With its daemon, as when a container is killed. */
  async function killAttacher(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const attacher = attachers.pop();
    assert.ok(attacher?.pid);
    const daemons = execFileSync('pgrep', ['-P', String(attacher.pid)], { encoding: 'utf8' });
    if (signal === 'SIGKILL') for (const pid of daemons.trim().split('\n')) process.kill(Number(pid), signal);
    await kill(attacher, signal);
  }
});
