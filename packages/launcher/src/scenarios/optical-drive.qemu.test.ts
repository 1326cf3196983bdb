import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { attachmentName, type MachineDisk, type MachineSpec } from '@hypersdk/api/machine';
import { startAttacher } from '../testing/attacher.ts';
import { CD_GREETING, writeBootableCd } from '../testing/bootable-cd.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { kill } from '../testing/guest-writes.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const MIB = 1024 * 1024;

describe('a guest with a CD-ROM drive', () => {
  let pod: TestPod;
  beforeEach(async () => {
    pod = await TestPod.create();
  });
  afterEach(() => pod.remove());

  async function drive(medium: string): Promise<MachineDisk> {
    const { volume } = await pod.disk(`cd.${medium}`);
    return { name: 'cd', device: 'cdrom', bus: 'scsi', volume, size: 0, source: { type: 'existing' } };
  }

  const fileOf = (medium: string): string => join(pod.path('volumes', `cd.${medium}`), 'disk.qcow2');

  async function mediumWith(text: string): Promise<MachineDisk> {
    const disk = await drive(text);
    const raw = pod.path(`${text}.raw`);
    await writeFile(raw, Buffer.concat([Buffer.from(`${text}\n`), Buffer.alloc(MIB)]));
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, fileOf(text)]);
    return disk;
  }

  async function boot(disks: MachineDisk[]): Promise<void> {
    await pod.mountSpec(machineSpec({ cpus: 1, memory: 128 * MIB, disks }));
    pod.startQemu();
    await pod.startLauncher();
  }

  it('with a kernel for clouds reads media on scsi, and loses one that it holds on to', async () => {
    const path = await pod.image('tiny', await tinyGuest());
    const root = await pod.disk('root', { bootIndex: 1, source: { type: 'image', path, clone: 'linked' } });
    const [first, second] = [await mediumWith('first'), await mediumWith('second')];
    await boot([root, first]);
    await pod.waitForConsole(/READY/);
    await typeCommand(pod, 'read-cd');
    await pod.waitForConsole(/CD first/);

    await typeCommand(pod, 'hold-cd');
    await pod.waitForConsole(/HOLDING-CD/);
    await pod.put(machineSpec({ cpus: 1, memory: 128 * MIB, disks: [root, second] }));
    const { restartAwaiting } = await pod.waitForState(({ disks }) =>
      disks.some(({ chain }) => chain[0] === fileOf('second')),
    );
    assert.deepEqual(restartAwaiting, []);
    await typeCommand(pod, 'read-cd');
    await pod.waitForConsole(/CD second/);
  });

  it('reads a medium that another pod serves, and others before and after it', async (t) => {
    const path = await pod.image('tiny', await tinyGuest());
    const root = await pod.disk('root', { bootIndex: 1, source: { type: 'image', path, clone: 'linked' } });
    const [own, other] = [await mediumWith('own'), await mediumWith('other')];
    const withCd = (cd: MachineDisk): MachineSpec =>
      machineSpec({ cpus: 1, memory: 128 * MIB, disks: [root, cd] });
    await boot([root, own]);
    await pod.waitForConsole(/READY/);

    const volume = { type: 'filesystem', directory: pod.path('volumes', 'cd.away') } as const;
    const away: MachineDisk = { ...other, volume };
    const offered = await pod.put(withCd(away));
    assert.deepEqual([offered.attachable, offered.restartAwaiting], [['cd'], []]);
    assert.equal(offered.disks.find(({ name }) => name === 'cd')?.chain[0], fileOf('own'));

    const [disk, server] = [attachmentName(away), 'web-1.cd.default'];
    const attacher = await startAttacher(pod, server, other, disk);
    t.after(() => kill(attacher.process, 'SIGTERM'));
    const attachments = [{ disk, host: '127.0.0.1', port: attacher.port, server }];
    await pod.put({ ...withCd(away), attachments });
    await pod.waitForState(({ disks }) => disks.some(({ chain }) => chain[0] === `nbd:${disk}`));
    await typeCommand(pod, 'read-cd');
    await pod.waitForConsole(/CD other/);

    // QEMU tells which medium it has.
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await pod.put({ ...withCd(own), attachments });
    await pod.waitForState(({ disks }) => disks.some(({ chain }) => chain[0] === fileOf('own')));
    await typeCommand(pod, 'read-cd');
    await pod.waitForConsole(/CD own/);
  });

  for (const bus of ['sata', 'scsi'] as const) {
    it(`on ${bus} boots from it where its bootOrder says so`, async () => {
      const cd: MachineDisk = { ...(await drive('installer')), bus, bootIndex: 1 };
      await writeBootableCd(fileOf('installer'));
      await boot([cd, await pod.disk('root', { bootIndex: 2 })]);
      await pod.waitForConsole(new RegExp(CD_GREETING));
    });
  }
});
